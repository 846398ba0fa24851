'use strict';
/** What to do when npm fails. */

const CAUSES = [
  [
    /ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT/,
    'The npm registry can\'t be reached. Is there a network? Is a proxy needed ("npm config set proxy …")?',
  ],
  [
    /SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|CERT_/,
    "The certificate of the npm registry is not trusted here. Set NODE_EXTRA_CA_CERTS to your organisation's CA file.",
  ],
  [
    /E401|E403/,
    'The npm registry refuses access. To see which registry is used, run: npm config get registry',
  ],
  [/ENOSPC/, 'The disk is full; about 600 MB are needed.'],
  [
    /EACCES|EPERM|EROFS/,
    'npm may not write here, or a file is in use. Check who owns this folder and ~/.npm.',
  ],
  [/EUSAGE/, "package.json and package-lock.json don't match. Run: npm install"],
];

/** Advice, and the beginning of what npm printed. */
function explainFailure(output) {
  const cause = CAUSES.find(([pattern]) => pattern.test(output));
  const lines = output
    .trim()
    .split('\n')
    .filter((line) => line.trim() !== '');
  const printed = lines.slice(0, 8).map((line) => `  ${line}`);
  return [...(cause ? [cause[1]] : []), 'What npm printed:', ...printed].join('\n');
}

module.exports = { explainFailure };
