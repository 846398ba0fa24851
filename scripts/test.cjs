'use strict';
/** `npm test` */
const { runWithNode24 } = require('./bootstrap.cjs');

void runWithNode24('test.ts');
