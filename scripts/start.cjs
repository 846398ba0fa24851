'use strict';
/** `npm start` */
const { runWithNode24 } = require('./setup/bootstrap.cjs');

void runWithNode24('start/start.ts');
