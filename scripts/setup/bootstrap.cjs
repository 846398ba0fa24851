'use strict';
/**
 * The door to the TypeScript programs beside it: brings what a fresh clone lacks (packages, Node 24), then runs one.
 *
 * The `.cjs` files here are run by whatever Node a machine has: no dependencies, and no syntax that Node 12 does
 * not know.
 */
const { spawn } = require('child_process');
const { dirname, join } = require('path');
const { pathToFileURL } = require('url');
const { findNode, installPackages, SetupError } = require('./install.cjs');
const { arePackagesInstalled } = require('./installed.cjs');

const SCRIPTS = dirname(__dirname);
const ROOT = dirname(SCRIPTS);

/** Runs `scripts/<program>` with the arguments of this process, whose exit code is then the program's. */
async function runWithNode24(program) {
  process.chdir(ROOT);
  const file = join(SCRIPTS, program);
  try {
    if (!arePackagesInstalled(ROOT)) await installPackages(ROOT);
    const node = await findNode(ROOT);
    if (node === process.execPath) await import(pathToFileURL(file).href);
    else runAsChild(node, file);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(`\n${error.message}`);
    process.exitCode = 1;
  }
}

function runAsChild(node, file) {
  const child = spawn(node, [file].concat(process.argv.slice(2)), { stdio: 'inherit' });
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  const passOn = (signal) => child.kill(signal);
  for (const signal of signals) process.on(signal, passOn);
  child.on('error', (error) => {
    console.error(`${node} can't be started: ${error.message}`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    for (const name of signals) process.removeListener(name, passOn);
    if (signal) process.kill(process.pid, signal);
    else process.exitCode = code;
  });
}

module.exports = { runWithNode24 };
