'use strict';
/** Installs what is missing, a line for each step, and says what to do where it can't. */
const { spawn } = require('child_process');
const { existsSync, unlinkSync } = require('fs');
const { dirname, join } = require('path');
const { explainFailure } = require('./install-failure.cjs');

const NODE_MAJOR = 24;
/** The oldest npm that reads the lockfile. */
const NPM_MAJOR = 7;
/** Takes the place of an npm that will not do: it runs on Node 12, too, and believes what it is told of Node. */
const OTHER_NPM = ['npm@8', `--node-version=${NODE_MAJOR}.0.0`];
const STILL_BUSY_MS = 20000;
/** Packages ask for a newer Node than the one that installs them; they are run by Node 24. */
const QUIET = [
  '--no-audit',
  '--no-fund',
  '--no-progress',
  '--no-engine-strict',
  '--loglevel=error',
];

/** Something about this machine that its owner has to change; the message says what. */
class SetupError extends Error {}

function majorOf(version) {
  return Number(version.split('.')[0]);
}

/** `npm ci`. Install scripts stay off: the only one that is needed is run by `findNode`. */
async function installPackages(root) {
  const again = existsSync(join(root, 'node_modules'));
  const npm = await findNpm();
  console.log(
    again
      ? 'The packages have changed. Installing them (about half a minute) …'
      : 'Installing packages (about half a minute, only the first time) …',
  );
  const args = ['ci', '--ignore-scripts', '--include=dev', '--include=optional'];
  await run(npm, args.concat(QUIET), 'The packages could not be installed.');
}

/** The path of a Node that is new enough: the one that runs this, else the one among the packages. */
async function findNode(root) {
  // `npm ci` may just have removed the Node that runs this
  const ownMajor = majorOf(process.versions.node);
  if (ownMajor >= NODE_MAJOR && existsSync(process.execPath)) return process.execPath;
  const bin = join(root, 'node_modules', 'node', 'bin');
  const node = join(bin, process.platform === 'win32' ? 'node.exe' : 'node');
  if (existsSync(node)) return node;
  const advice = `This machine has Node ${process.versions.node}, and Agentlight needs Node ${NODE_MAJOR}: install it from https://nodejs.org, and try again.`;
  console.log(`Installing Node ${NODE_MAJOR} for this folder …`);
  const args = ['rebuild', 'node', '--ignore-scripts=false'];
  await run(await findNpm(), args.concat(QUIET), `Node could not be installed.\n${advice}`);
  const answer = await collect([node, '--version']);
  if (answer.code === 0) return node;
  // it would be in the way of the one that is installed next
  unlinkSync(node);
  throw new SetupError(
    `The Node for ${process.platform}-${process.arch} that npm has does not run on this system (${lastLine(answer.output)}).\n${advice}`,
  );
}

let npmFound;

/** The npm that runs this script, else the one in PATH, as the beginning of a command line. */
function findNpm() {
  npmFound = npmFound || lookForNpm();
  return npmFound;
}

async function lookForNpm() {
  const script = process.env.npm_execpath || '';
  const isNpm = /[\\/]npm-cli\.c?js$/.test(script) && existsSync(script);
  const node = process.env.npm_node_execpath || process.execPath;
  const npm = isNpm ? [existsSync(node) ? node : process.execPath, script] : ['npm'];
  const { code, output, stdout } = await collect(npm.concat('version', '--json'));
  if (code !== 0) {
    throw new SetupError(
      `npm does not answer (${lastLine(output)}). It comes with Node: install Node ${NODE_MAJOR} from https://nodejs.org, and try again.`,
    );
  }
  // npm's warnings are on the other stream
  const versions = JSON.parse(stdout);
  if (majorOf(versions.npm) >= NPM_MAJOR && installsNativePrograms(versions.node)) return npm;
  console.log(`(With ${OTHER_NPM[0]}: npm ${versions.npm} on Node ${versions.node} is too old.)`);
  const npx = isNpm ? [npm[0], join(dirname(script), 'npx-cli.js')] : ['npx'];
  return npx.concat(OTHER_NPM);
}

/** npm silently leaves out optional packages that ask for a newer Node than the one that runs npm. */
function installsNativePrograms(nodeVersion) {
  const major = majorOf(nodeVersion);
  const minor = Number(nodeVersion.split('.')[1]);
  return major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19);
}

async function run(npm, args, failure) {
  const startMs = Date.now();
  const seconds = () => `${Math.round((Date.now() - startMs) / 1000)} s`;
  const timer = setInterval(() => console.log(`… still at it, ${seconds()}`), STILL_BUSY_MS);
  const { code, output } = await collect(npm.concat(args));
  clearInterval(timer);
  if (code === 0) return console.log(`Done in ${seconds()}.`);
  throw new SetupError(`${failure}\n${explainFailure(output)}`);
}

/** Runs a command and collects what it prints. Never rejects: what can't be started has the code 127. */
function collect(command) {
  // npm is a batch file on Windows, which only a shell runs
  const options = {
    stdio: ['ignore', 'pipe', 'pipe'],
    // npx asks before it fetches
    env: Object.assign({ npm_config_yes: 'true' }, process.env),
    shell: process.platform === 'win32' && !isFile(command[0]),
  };
  return new Promise((resolve) => {
    const child = spawn(command[0], command.slice(1), options);
    let output = '';
    let stdout = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
      output += chunk;
    });
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => resolve({ code: 127, output: error.message, stdout: '' }));
    child.on('close', (code) => resolve({ code, output, stdout }));
  });
}

function isFile(name) {
  return /[\\/]/.test(name);
}

function lastLine(text) {
  return text.trim().split('\n').pop();
}

module.exports = { findNode, installPackages, SetupError };
