'use strict';
/** Whether `node_modules` holds what `package-lock.json` asks for. */
const { readFileSync } = require('node:fs');
const { join } = require('node:path');

/**
 * Compares the lockfile with npm's own record of what it has installed, which npm writes last: a broken-off
 * installation has none. So an `npm install` by hand counts, and a `git pull` with new packages is noticed.
 */
function arePackagesInstalled(root) {
  const wanted = readPackages(join(root, 'package-lock.json'));
  const found = readPackages(join(root, 'node_modules', '.package-lock.json'));
  if (!wanted || !found) return false;
  return Object.entries(wanted).every(([path, one]) => path === '' || fits(one, found[path]));
}

function fits(wanted, found) {
  // most of the optional packages are for other platforms
  if (!found) return wanted.optional === true;
  const forThisPlatform = found.os?.includes(process.platform) ?? true;
  return found.version === wanted.version && forThisPlatform;
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch (error) {
    if (error.code === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

module.exports = { arePackagesInstalled };
