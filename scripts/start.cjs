'use strict';
/** `npm start` */
const { runWithNode24 } = require('./bootstrap.cjs');

void runWithNode24('start.ts');
