import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { expect, onTestFinished, test } from 'vitest';
import { uuidv7 } from 'uuidv7';
import { eventually } from '../../support/eventually.ts';
import { startTestService } from '../../support/test-service.ts';

test('the example of the README follows a service and prints what fails', async () => {
  const readme = await readFile('protocol/client/README.md', 'utf8');
  const [, example = ''] = /```js\n([^]*?)```/.exec(readme) ?? [];
  const lines = example.split('\n').filter((line) => line !== '');
  expect(lines.length).toBeLessThanOrEqual(10);

  const service = await startTestService();
  await service.client.registerAgent('tests', { name: 'Tests', capabilities: [] });
  const args = ['--input-type=module', '--eval', example];
  const child = spawn(process.execPath, args, { env: service.env });
  const ended = once(child, 'exit');
  onTestFinished(async () => {
    child.kill();
    await ended;
  });
  let stderr = '';
  child.stderr.on('data', (chunk) => (stderr += String(chunk)));
  const printed = once(child.stdout, 'data');

  // what failed before it began to follow is not its business
  await eventually(async () => {
    const headers = { Authorization: `Bearer ${service.env['AGENTLIGHT_TOKEN']}` };
    const metrics = await fetch(`${service.url}/metrics`, { headers });
    return /^agentlight_streams_open.* 1$/m.test(await metrics.text());
  }, 'its stream');
  const run = uuidv7();
  const events = [
    { type: 'run.started', agent: 'tests', run },
    { type: 'run.failed', agent: 'tests', run, data: { reason: 'exit', message: 'It broke.' } },
  ];
  await service.client.report(JSON.stringify({ events }));
  const [line] = await printed;
  expect([String(line), stderr]).toEqual(['tests It broke.\n', '']);
});
