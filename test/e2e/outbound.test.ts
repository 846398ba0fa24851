import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startReceiver } from '../service/notify/receiver.ts';
import { eventually } from '../support/eventually.ts';
import { startPaired } from '../support/paired.ts';

test('as long as the extension follows, the service leaves the telling to it', async () => {
  const receiver = await startReceiver();
  const dir = mkdtempSync(join(tmpdir(), 'agentlight-test-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const file = join(dir, 'notify.json');
  const target = (name: string) => ({ type: 'ntfy', url: `${receiver.url}/${name}` });
  const on = ['run.failed'];
  writeFileSync(
    file,
    JSON.stringify({
      targets: { away: target('away'), always: target('always') },
      rules: [
        { on, to: 'away' },
        { on, to: 'always', onlyWhenNoBrowser: false },
      ],
    }),
  );
  const { browser, service, host } = await startPaired({ AGENTLIGHT_NOTIFY: file });
  await host({ tests: { command: [process.execPath, '-e', 'process.exit(3)'] } });
  const unneeded = async () => {
    const headers = { Authorization: `Bearer ${service.env['AGENTLIGHT_TOKEN']}` };
    const response = await fetch(`${service.url}/metrics`, { headers });
    return (await response.text()).includes('{target="ntfy",result="unneeded"} 1\n');
  };

  await service.whenRun(await service.ask('tests'), 'failed');
  await eventually(() => receiver.at('/always').length === 1, 'the notification');
  await eventually(unneeded, 'the other one to be left out');
  expect(receiver.at('/away')).toEqual([]);

  await browser.context.close();
  await eventually(async () => {
    await service.whenRun(await service.ask('tests'), 'failed');
    return receiver.at('/away').length > 0;
  }, 'a notification without a browser');
});
