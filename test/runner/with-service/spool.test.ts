/** Unsent events are delivered later, if necessary by another process. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { uuidv7 } from 'uuidv7';
import { expect, test } from 'vitest';
import { recoverSpools } from '../../../service/runner/report/spool-recovery.ts';
import { spoolFolder } from '../../../service/runner/report/spool.ts';
import { startCommandLine, writeConfig } from '../../support/command-line.ts';
import { eventually } from '../../support/eventually.ts';
import { startTestService } from '../../support/test-service.ts';
import type { TestService } from '../../support/test-service.ts';

const folderOf = ({ env, url }: TestService) => spoolFolder(env['AGENTLIGHT_DATA_DIR'] ?? '', url);

function spooled(service: TestService): string {
  const folder = folderOf(service);
  const names = readdirSync(folder, { withFileTypes: true }).map(({ name }) => name);
  return names.map((name) => readFileSync(join(folder, name), 'utf8')).join('');
}

test('a command that ran while the service was away is shown by the next one', async () => {
  const service = await startTestService();
  await service.stop();
  const first = ['run', '--id', 'first', '--', 'sh', '-c', 'echo hello; exit 3'];
  expect((await startCommandLine(first, service.env).ended).exitCode).toBe(3);
  expect(await eventually(() => readdirSync(folderOf(service)), 'the spool')).toHaveLength(1);

  await service.start();
  const second = startCommandLine(['run', '--id', 'second', '--', 'true'], service.env);
  expect((await second.ended).exitCode).toBe(0);
  const agent = await service.agent('first');
  const run = await service.run(agent?.lastRun ?? '');
  expect(run).toMatchObject({ status: 'failed', failure: { exitCode: 3 } });
  expect(await service.output(run.id)).toBe('hello\n');
  expect(readdirSync(folderOf(service))).toEqual([]);
});

test('a run that ended while its runner and the service were both going away is not lost', async () => {
  const service = await startTestService();
  const folder = service.env['AGENTLIGHT_DATA_DIR'] ?? '';
  const mark = join(folder, 'go-on');
  const script = `until [ -e "${mark}" ]; do sleep 0.02; done; echo the end`;
  const config = writeConfig({ slow: { command: ['sh', '-c', script] } });
  const up = startCommandLine(['up', '--config', config], service.env);
  await service.whenAgent('slow', 'live');
  const run = await service.ask('slow');
  await service.whenRun(run, 'running');

  await service.stop();
  await eventually(() => up.stdout().includes('Retrying'), 'the runner to be cut off');
  writeFileSync(mark, '');
  await eventually(() => spooled(service).includes('run.succeeded'), 'the end in the spool');
  up.child.kill('SIGKILL');
  await up.ended;

  await service.start();
  const again = startCommandLine(['up', '--config', config], service.env);
  await service.whenAgent('slow', 'live');
  expect((await service.run(run)).status).toBe('succeeded');
  expect(await service.output(run)).toBe('the end\n');
  expect(again.stdout()).toContain('events of a process that has ended');
});

test('after an outage, of progress only the last is told', async () => {
  const service = await startTestService();
  const program = `
    const { createConnection } = require('node:net');
    const socket = createConnection(process.env.AGENTLIGHT_SOCKET);
    const run = process.env.AGENTLIGHT_RUN;
    for (let at = 1; at <= 1000; at += 1) {
      const say = { type: 'run.progress', data: { value: at / 1000 } };
      socket.write(JSON.stringify({ run, say }) + '\\n');
    }
    let answers = 0;
    socket.on('data', (data) => {
      answers += String(data).split('\\n').length - 1;
      if (answers === 1000) socket.end();
    });`;
  await service.stop();
  const line = ['run', '--id', 'steps', '--', process.execPath, '-e', program];
  expect((await startCommandLine(line, service.env).ended).exitCode).toBe(0);
  await service.start();
  await startCommandLine(['run', '--', 'true'], service.env).ended;
  const run = (await service.agent('steps'))?.lastRun ?? '';
  const events = await service.events(run);
  expect(events.filter(({ type }) => type === 'run.progress')).toEqual([
    expect.objectContaining({ data: { value: 1 } }),
  ]);
});

test('what is in use, cut off or refused does no harm', async () => {
  const service = await startTestService();
  const folder = folderOf(service);
  mkdirSync(folder, { recursive: true });
  const run = uuidv7();
  const event = (type: string, data: object, of = run) =>
    JSON.stringify({
      type,
      agent: 'gone',
      run: of,
      id: uuidv7(),
      time: new Date().toISOString(),
      data,
    });
  const lines = [
    JSON.stringify({ agents: { gone: { name: 'Gone', capabilities: ['cancel'] } } }),
    event('run.started', {}),
    event('run.phase', { name: 'never began' }, uuidv7()),
    event('run.succeeded', { message: 'done' }),
    '{"type": "run.st',
  ];
  // no process has this number: it is above the greatest that Linux gives
  writeFileSync(join(folder, '4194400-1.ndjson'), lines.join('\n'));
  writeFileSync(join(folder, `${process.pid}-2.ndjson`), lines.join('\n'));
  writeFileSync(join(folder, '4194400-3.ndjson'), 'rubbish');
  const words: string[] = [];
  await recoverSpools(service.client, folder, (line) => void words.push(line));
  expect(await service.run(run)).toMatchObject({ status: 'succeeded', message: 'done' });
  expect((await service.agent('gone'))?.capabilities).toEqual([]);
  expect(readdirSync(folder)).toEqual([`${process.pid}-2.ndjson`]);
  expect(words).toEqual(['Delivered 2 events of a process that has ended.']);
  rmSync(folder, { recursive: true });
});
