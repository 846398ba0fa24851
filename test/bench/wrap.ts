/**
 * `npm run bench:wrap`: the time that `agentlight run` adds to an empty command and to 100 MB of output, which must be
 * the same bytes. There is no service, which is the slowest case: the command must not wait for it.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../service/cli/main.ts', import.meta.url));
const ROUNDS = 5;
const MEGABYTES = 100;
/** Lines such as those of a build, with colours. */
const PROGRAM = `
  const line = (n) => '\\u001b[32m✓\\u001b[39m compiled src/module-' + n + '.ts in ' + (n % 97) + ' ms\\n';
  let n = 0, bytes = 0;
  const write = () => {
    while (bytes < ${MEGABYTES} * 1e6) {
      let block = '';
      while (block.length < 65536) block += line(n++);
      bytes += Buffer.byteLength(block);
      if (!process.stdout.write(block)) return process.stdout.once('drain', write);
    }
  };
  write();`;
const OUTPUT = [process.execPath, '-e', PROGRAM];
const NOTHING = [process.execPath, '-e', ''];
const dataDir = mkdtempSync(join(tmpdir(), 'agentlight-bench-'));
const NOWHERE = {
  ...process.env,
  AGENTLIGHT_URL: 'http://127.0.0.1:4',
  AGENTLIGHT_TOKEN: 'x',
  AGENTLIGHT_DATA_DIR: dataDir,
};

interface Measured {
  readonly ms: number;
  readonly sha256: string;
}

async function measure(command: readonly string[]): Promise<Measured> {
  const [program = '', ...args] = command;
  const beganAtMs = performance.now();
  const child = spawn(program, args, { env: NOWHERE, stdio: ['ignore', 'pipe', 'ignore'] });
  const hash = createHash('sha256');
  child.stdout.on('data', (chunk: Buffer) => void hash.update(chunk));
  await once(child, 'close');
  return { ms: performance.now() - beganAtMs, sha256: hash.digest('hex') };
}

const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

async function compare(name: string, command: readonly string[]): Promise<void> {
  const plain: Measured[] = [];
  const wrapped: Measured[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    plain.push(await measure(command));
    wrapped.push(await measure([process.execPath, MAIN, 'run', '--', ...command]));
  }
  const hashes = new Set([...plain, ...wrapped].map(({ sha256 }) => sha256));
  if (hashes.size !== 1) throw new Error(`${name}: the bytes differ.`);
  const [alone, watched] = [median(plain.map(({ ms }) => ms)), median(wrapped.map(({ ms }) => ms))];
  console.log(
    `${name.padEnd(22)} alone ${alone.toFixed(0)} ms, wrapped ${watched.toFixed(0)} ms (+${(watched - alone).toFixed(0)} ms); ${2 * ROUNDS} outputs identical`,
  );
}

await compare('a command that is empty', NOTHING);
await compare(`${MEGABYTES} MB of output`, OUTPUT);
rmSync(dataDir, { recursive: true });
