'use strict';
/** Every Node must be able to read this file, so it has no syntax newer than ES2015. */

const OLDEST = 18;

/** Ends the program with a sentence if this Node is too old to install the packages. */
function checkNode() {
  const found = process.versions.node;
  if (Number(found.split('.')[0]) >= OLDEST) return;
  console.error(`Agentlight needs Node ${OLDEST} or later, and this is Node ${found}.
Install Node 24 from https://nodejs.org, and try again.`);
  process.exit(1);
}

module.exports = { checkNode };
