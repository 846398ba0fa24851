'use strict';
/** Installs what is missing, prints a line for each step, and says what to do where a step fails. */
const { spawn } = require('node:child_process');
const { existsSync, mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { explainFailure } = require('./install-failure.cjs');

const NODE_MAJOR = 24;
const PROGRESS_MS = 20_000;
/** Packages ask for a newer Node than the one that installs them; they are run by Node 24. */
const QUIET = [
  '--no-audit',
  '--no-fund',
  '--no-progress',
  '--no-engine-strict',
  '--loglevel=error',
];
const ADVICE = `This machine has Node ${process.versions.node}, and Agentlight needs Node ${NODE_MAJOR}: install it from https://nodejs.org, and try again.`;

/** Something about this machine that its owner has to change; the message says what. */
class SetupError extends Error {}

/** `npm ci`. Install scripts stay off: the only one that is needed is run by `findNode`. */
async function installPackages(root) {
  const [thisNode, npm] = npmCommand();
  console.log(
    existsSync(join(root, 'node_modules'))
      ? 'The packages have changed. Installing them (about half a minute) …'
      : 'Installing packages (about half a minute, only the first time) …',
  );
  const install = (node) => {
    const args = ['ci', '--ignore-scripts', '--include=dev', '--include=optional', ...QUIET];
    return run([node, npm, ...args], 'The packages could not be installed.');
  };
  await (isNewEnough() ? install(thisNode) : withNode24([thisNode, npm], install));
}

/**
 * Calls `work` with the path of a Node 24 in a temporary folder. npm silently leaves out optional packages, such as
 * native programs, that ask for a newer Node than the one that runs npm.
 */
async function withNode24(npm, work) {
  const dir = mkdtempSync(join(tmpdir(), 'agentlight-node-'));
  try {
    console.log(`Installing Node ${NODE_MAJOR}, which npm needs …`);
    const args = ['install', `node@${NODE_MAJOR}`, '--prefix', dir, '--ignore-scripts=false'];
    await run([...npm, ...args, ...QUIET], `Node could not be installed.\n${ADVICE}`);
    const node = nodeIn(dir);
    await checkThatItRuns(node);
    await work(node);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** The path of a Node that is new enough: the one that runs this, else the one among the packages. */
async function findNode(root) {
  // `npm ci` may just have removed the Node that runs this
  if (isNewEnough() && existsSync(process.execPath)) return process.execPath;
  const node = nodeIn(root);
  if (existsSync(node)) return node;
  console.log(`Installing Node ${NODE_MAJOR} for this folder …`);
  const args = ['rebuild', 'node', '--ignore-scripts=false', ...QUIET];
  await run([...npmCommand(), ...args], `Node could not be installed.\n${ADVICE}`);
  await checkThatItRuns(node);
  return node;
}

function isNewEnough() {
  return Number.parseInt(process.versions.node, 10) >= NODE_MAJOR;
}

/** Where the npm package `node` puts the program. */
function nodeIn(dir) {
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  return join(dir, 'node_modules', 'node', 'bin', name);
}

/** @throws SetupError if not, after its removal: it would hide the one that is installed next. */
async function checkThatItRuns(node) {
  const { code, output } = await collect([node, '--version']);
  if (code === 0) return;
  rmSync(node, { force: true });
  throw new SetupError(
    `The Node for ${process.platform}-${process.arch} that npm has does not run on this system (${lastLine(output)}).\n${ADVICE}`,
  );
}

/** The npm that runs this script, as the beginning of a command line. */
function npmCommand() {
  const script = process.env.npm_execpath ?? '';
  if (!/[\\/]npm-cli\.c?js$/.test(script)) {
    throw new SetupError('Packages are missing. npm installs them: run "npm start" or "npm test".');
  }
  // `npm ci` may just have removed the Node that runs this
  const node = existsSync(process.execPath) ? process.execPath : process.env.npm_node_execpath;
  return [node, script];
}

async function run(command, failure) {
  const startMs = Date.now();
  const seconds = () => `${Math.round((Date.now() - startMs) / 1000)} s`;
  const timer = setInterval(() => console.log(`… still at it, ${seconds()}`), PROGRESS_MS);
  const { code, output } = await collect(command);
  clearInterval(timer);
  if (code === 0) return console.log(`Done in ${seconds()}.`);
  throw new SetupError(`${failure}\n${explainFailure(output)}`);
}

/** Runs a program and collects what it prints. Never rejects: what can't be started has the code 127. */
function collect([program, ...args]) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => (output += chunk));
    }
    child.on('error', (error) => resolve({ code: 127, output: error.message }));
    child.on('close', (code) => resolve({ code, output }));
  });
}

function lastLine(text) {
  return text.trim().split('\n').pop();
}

module.exports = { findNode, installPackages, SetupError };
