/** The unit of docs/operations.md starts the program that systemd then stops. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { OWNER_TOKEN } from './hub.ts';
import { onDatabase } from './serve-process.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const operations = readFileSync(new URL('../../../docs/operations.md', import.meta.url), 'utf8');

test('SIGTERM to the main process of the unit stops the service', async () => {
  const [, line = ''] = /^ExecStart=(.*)$/m.exec(operations) ?? [];
  const [program = '', ...args] = line.replace('/opt/agentlight/', ROOT).split(' ');
  const options = ['--port', '0', ...(await onDatabase())];
  const { PATH, HOME } = process.env;
  const service = spawn(program, [...args, ...options], {
    cwd: ROOT,
    env: { PATH, HOME, AGENTLIGHT_OWNER_TOKEN: OWNER_TOKEN },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void service.kill('SIGKILL'));
  let text = '';
  service.stdout.on('data', (chunk: Buffer) => (text += String(chunk)));
  await eventually(() => text.includes('"listening"'), 'the service');
  service.kill('SIGTERM');
  expect(await once(service, 'exit')).toEqual([0, null]);
});
