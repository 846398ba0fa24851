'use strict';
/** `npm start` */
const { checkNode } = require('./setup/check-node.cjs');

checkNode();
const { runWithNode24 } = require('./setup/bootstrap.cjs');

void runWithNode24('start/start.ts');
