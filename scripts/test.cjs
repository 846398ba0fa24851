'use strict';
/** `npm test` */
const { runWithNode24 } = require('./setup/bootstrap.cjs');

void runWithNode24('test/test.ts');
