'use strict';
/** `npm test` */
const { checkNode } = require('./setup/check-node.cjs');

checkNode();
const { runWithNode24 } = require('./setup/bootstrap.cjs');

void runWithNode24('test/test.ts');
