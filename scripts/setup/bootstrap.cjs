'use strict';
/**
 * Installs what a fresh clone lacks (packages, Node 24), then runs a TypeScript program of this folder.
 *
 * The `.cjs` files here run on Node 18 and later, without any package.
 */
const { spawn } = require('node:child_process');
const { dirname, join } = require('node:path');
const { pathToFileURL } = require('node:url');
const { findNode, installPackages, SetupError } = require('./install.cjs');
const { arePackagesInstalled } = require('./installed.cjs');

const SCRIPTS = dirname(__dirname);
const ROOT = dirname(SCRIPTS);
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

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
  const child = spawn(node, [file, ...process.argv.slice(2)], { stdio: 'inherit' });
  const passOn = (signal) => child.kill(signal);
  for (const signal of SIGNALS) process.on(signal, passOn);
  child.on('error', (error) => {
    console.error(`${node} can't be started: ${error.message}`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    for (const name of SIGNALS) process.removeListener(name, passOn);
    if (signal) process.kill(process.pid, signal);
    else process.exitCode = code;
  });
}

module.exports = { runWithNode24 };
