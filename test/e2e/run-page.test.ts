import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import type { LogEvent } from '../../protocol/events/event.ts';
import type { Run } from '../../protocol/fleet/fleet.ts';
import { eventually } from '../support/eventually.ts';
import type { Paired } from '../support/paired.ts';
import { closePopup, openPageFrom, startPaired } from '../support/paired.ts';
import { uuid } from '../support/fleet.ts';

const RUN = uuid(901);
const HASH = '0'.repeat(64);

interface Told {
  /** Reports events of the run, as an agent does over HTTP. */
  tell(...events: readonly (readonly [type: string, data?: object])[]): Promise<void>;
}

/** An agent that tells of one run, which has begun. */
async function startRun({ service }: Paired, run = RUN): Promise<Told> {
  const tell: Told['tell'] = async (...events) => {
    await service.client.request('POST', '/v1/events', {
      body: { events: events.map(([type, data = {}]) => ({ type, agent: 'build', run, data })) },
    });
  };
  await service.client.request('PUT', '/v1/agents/build', {
    body: { name: 'Build', capabilities: [], budget: { costUsdPerRun: 5 } },
  });
  await tell(['run.started', { command: 'make all' }]);
  return { tell };
}

async function openRun({ popup, browser }: Paired): Promise<Page> {
  const link = popup.getByRole('link', { name: 'Open the run of Build' }).first();
  const page = await openPageFrom(popup, browser, () => link.click());
  await page.setViewportSize({ width: 1_200, height: 800 });
  await page.getByRole('heading', { name: 'Build' }).waitFor();
  return page;
}

const tab = (page: Page, name: string | RegExp) => page.getByRole('tab', { name });

test('the page shows a run live: steps, graph, output, messages, metrics, files', async () => {
  const world = await startPaired();
  const { tell } = await startRun(world);
  const page = await openRun(world);
  await page.getByText('make all').waitFor();

  await tell(
    [
      'graph.defined',
      {
        nodes: [
          { step: 'compile', name: 'Compile' },
          { step: 'test', name: 'Test' },
          { step: 'ship', name: 'Ship' },
        ],
        edges: [
          ['compile', 'test'],
          ['test', 'ship'],
        ],
      },
    ],
    ['step.started', { step: 'compile', name: 'Compile' }],
    ['step.started', { step: 'sub', name: 'Link', parent: 'compile' }],
    ['step.completed', { step: 'sub' }],
  );
  const timeline = page.getByRole('list', { name: 'Timeline' });
  await timeline.getByText('Link').waitFor();
  expect(
    await timeline.getByRole('listitem').filter({ hasText: 'Link' }).getAttribute('aria-level'),
  ).toBe('2');

  await tab(page, /Graph/).click();
  await page.getByRole('listitem', { name: 'Compile: running' }).waitFor();
  await page.getByRole('listitem', { name: 'Ship: not started' }).waitFor();
  await tell(
    ['step.completed', { step: 'compile' }],
    ['step.started', { step: 'test', name: 'Test' }],
    ['step.failed', { step: 'test', message: '3 failed' }],
  );
  await page.getByRole('listitem', { name: 'Compile: completed' }).waitFor();
  await page.getByRole('listitem', { name: 'Test: failed' }).waitFor();

  // arrows choose among tabs
  await tab(page, /Graph/).press('ArrowRight');
  expect(await tab(page, 'Output').getAttribute('aria-selected')).toBe('true');
  await tell(['run.output', { stream: 'stdout', text: 'half a line, \u001B[31mred' }]);
  await page.getByText('half a line,').waitFor();
  await tell(['run.output', { stream: 'stdout', text: ' and more\u001B[0m\n' }]);
  const red = page.getByText('red and more', { exact: true });
  await red.waitFor();
  expect(await red.evaluate((element) => element.style.color)).toBe('var(--ansi-1)');

  await tell(
    ['message.added', { role: 'assistant', text: 'I will fix that.' }],
    ['tool.started', { call: 't1', name: 'Bash', input: 'npm test' }],
    ['tool.completed', { call: 't1', output: '412 passed' }],
    ['metric.reported', { name: 'loss', value: 0.5, step: 1, objective: 'min' }],
    ['metric.reported', { name: 'loss', value: 0.25, step: 2, objective: 'min' }],
    ['usage.reported', { inputTokens: 1_000, outputTokens: 200, costUsd: 0.42 }],
    ['file.changed', { path: 'src/a.ts', change: 'modified', addedLines: 3, removedLines: 1 }],
    ['artifact.created', { name: 'report.html', url: 'https://ci.example/report.html' }],
  );
  await page.getByText('$0.42 of $5.00').waitFor();
  await tab(page, /Messages/).click();
  await page.getByText('I will fix that.').waitFor();
  await page.getByText('npm test').first().click();
  await page.getByText('412 passed', { exact: true }).waitFor();
  await tab(page, /Metrics/).click();
  await page.getByRole('img', { name: /^loss: 2 values, from 0.25 to 0.5, best 0.25/ }).waitFor();
  await page.getByRole('img', { name: /^Cost: 1 value/ }).waitFor();
  await tab(page, /Files/).click();
  const link = page.getByRole('link', { name: 'report.html' });
  expect(await link.getAttribute('rel')).toBe('noopener noreferrer');
  await page.getByText('src/a.ts').waitFor();

  await tell(['run.failed', { reason: 'exit', message: '3 failed', exitCode: 2 }]);
  await page.getByRole('status').getByText('failed').waitFor();
  await page.getByText('exit 2 · 3 failed').waitFor();
  await eventually(async () => (await page.title()) === 'Build: failed · Agentlight', 'its title');
});

test('output is searched, and only what is in sight is in the page', async () => {
  const world = await startPaired();
  const { tell } = await startRun(world);
  const lines = Array.from({ length: 20_000 }, (_, line) =>
    line % 1_000 === 7 ? `line ${line} has a Needle\n` : `line ${line}\n`,
  );
  for (let at = 0; at < lines.length; at += 1_000) {
    const text = lines.slice(at, at + 1_000).join('');
    await tell(
      ['run.output', { stream: 'stdout', text: text.slice(0, 16_384) }],
      ['run.output', { stream: 'stdout', text: text.slice(16_384) }],
    );
  }
  const page = await openRun(world);
  await tab(page, 'Output').click();
  // it follows
  await page.getByText('line 19999', { exact: true }).waitFor();
  await tell(['run.output', { stream: 'stderr', text: 'the very last\n' }]);
  await page.getByText('the very last').waitFor();
  expect(await page.locator('[data-number]').count()).toBeLessThan(150);

  await page.getByRole('searchbox', { name: 'Search the output' }).fill('needle');
  await page.getByText('1 of 20').waitFor();
  await page.getByText('line 7 has a').waitFor();
  await page.keyboard.press('Enter');
  await page.getByText('2 of 20').waitFor();
  await page.getByText('line 1007 has a').waitFor();
  await page.keyboard.press('Shift+Enter');
  await page.keyboard.press('Shift+Enter');
  await page.getByText('20 of 20').waitFor();
  await page.getByText('line 19007 has a').waitFor();

  // who reads is not dragged away by what comes
  await tell(['run.output', { stream: 'stdout', text: 'one more Needle\n' }]);
  await page.getByText('20 of 21').waitFor();
  expect(await page.getByText('one more').count()).toBe(0);
  await page.getByRole('button', { name: 'Follow' }).click();
  await page.getByText('one more').waitFor();
});

test('an export holds the run and every event', async () => {
  const world = await startPaired();
  const { tell } = await startRun(world);
  const outputs = Array.from({ length: 1_500 }, (_, line) => {
    return ['run.output', { stream: 'stdout', text: `line ${line}\n` }] as const;
  });
  await tell(...outputs.slice(0, 900));
  await tell(...outputs.slice(900), ['run.succeeded']);
  const page = await openRun(world);
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export' }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe(`agentlight-run-${RUN}.json`);
  const text = await readFile(await download.path(), 'utf8');
  const { run, events } = JSON.parse(text) as { run: Run; events: LogEvent[] };
  expect(run).toMatchObject({ id: RUN, status: 'succeeded' });
  const kept = await world.service.events(RUN);
  expect(events.map(({ type, data }) => [type, data])).toEqual(
    kept.map(({ type, data }) => [type, data]),
  );
  expect(events).toHaveLength(1_502);
});

test('a run is cancelled and repeated from its page', async () => {
  const world = await startPaired();
  await world.host({ build: { command: [process.execPath, '-e', 'setInterval(() => {}, 1000)'] } });
  const run = await world.service.ask('build');
  await world.service.whenRun(run, 'running');
  const link = world.popup.getByRole('link', { name: 'Open the run of build' });
  const page = await openPageFrom(world.popup, world.browser, () => link.click());
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('status').getByText('cancelled').waitFor();
  await page.getByRole('button', { name: 'Retry' }).click();
  await page.getByRole('link', { name: 'an earlier run' }).waitFor();
  await page.getByRole('status').getByText('running').waitFor();
  expect(new URL(page.url()).searchParams.get('run')).not.toBe(run);
  await page.getByRole('link', { name: 'an earlier run' }).click();
  await page.getByRole('status').getByText('cancelled').waitFor();
});

test('a page that nobody sees holds no stream, and has missed nothing afterwards', async () => {
  const world = await startPaired();
  const { tell } = await startRun(world);
  const page = await openRun(world);
  await page.getByText('live', { exact: true }).waitFor();
  // the worker's stream is not filtered: this one is the page's
  const streams = async () => {
    const headers = { Authorization: `Bearer ${world.service.env['AGENTLIGHT_TOKEN']}` };
    const metrics = await (await fetch(`${world.service.url}/metrics`, { headers })).text();
    const open = /streams_open\{kind="filtered",state="following"\} (\d+)/.exec(metrics)?.[1];
    return Number(open);
  };
  expect(await streams()).toBe(1);
  const look = (isHidden: boolean) =>
    page.evaluate((hidden) => {
      Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    }, isHidden);
  await look(true);
  await eventually(async () => (await streams()) === 0, 'the stream to be let go');
  await tell(['run.phase', { name: 'Unseen' }]);
  await look(false);
  await page.getByRole('list', { name: 'Timeline' }).getByText('Unseen').waitFor();
  await eventually(async () => (await streams()) === 1, 'the stream to be there again');
});

test('a page that is open goes on after the service was away', async () => {
  const world = await startPaired();
  const { tell } = await startRun(world);
  await tell(['run.output', { stream: 'stdout', text: 'before\n' }]);
  const page = await openRun(world);
  await tab(page, 'Output').click();
  await page.getByText('before').waitFor();
  await world.service.stop();
  await page
    .getByRole('alert')
    .getByText(/not available|Nothing answers/)
    .waitFor();
  await world.service.start();
  await tell(['run.output', { stream: 'stdout', text: 'after\n' }]);
  await page.getByText('after', { exact: true }).waitFor();
  await page.getByRole('alert').waitFor({ state: 'detached' });
  expect(await page.getByText('before').count()).toBe(1);
});

test('a question is answered on the page, and the page tells who did', async () => {
  const world = await startPaired();
  const { tell } = await startRun(world);
  const page = await openRun(world);
  const choices = [{ id: 'yes', label: 'Allow', tone: 'allow' }];
  await tell(['approval.requested', { kind: 'permission', title: 'Push?', choices, hash: HASH }]);
  await page.locator('[data-armed=true]').waitFor();
  await page.getByRole('button', { name: 'Allow: Build' }).click();
  await tab(page, /Approvals/).click();
  await page.getByText('answered “Allow” by owner in the browser').waitFor();
});

test('history lists runs a page at a time, and by how they ended', async () => {
  const world = await startPaired();
  for (let run = 0; run < 60; run += 1) {
    const { tell } = await startRun(world, uuid(1_000 + run));
    const failed = ['run.failed', { reason: 'exit', message: `no ${run}`, exitCode: 1 }] as const;
    await tell(run % 10 === 0 ? failed : ['run.succeeded', { message: `fine ${run}` }]);
  }
  const { popup, browser } = world;
  const row = popup.getByRole('listitem').filter({ hasText: 'Build' });
  await row.focus();
  const page = await openPageFrom(popup, browser, () => popup.keyboard.press('h'));
  await page.setViewportSize({ width: 1_000, height: 800 });
  const runs = page.getByRole('list', { name: 'Runs' }).getByRole('listitem');
  await eventually(async () => (await runs.count()) === 50, 'the first page');
  await page.getByRole('group', { name: /^5 of the last 50 runs failed/ }).waitFor();
  await page.getByRole('button', { name: 'Show older runs' }).click();
  await eventually(async () => (await runs.count()) === 60, 'the second page');
  await page.getByRole('button', { name: 'Failed' }).click();
  await eventually(async () => (await runs.count()) === 6, 'those that failed');
  await runs.filter({ hasText: 'no 50' }).getByRole('link').click();
  await page.getByText('exit 1 · no 50').first().waitFor();
});

test('the side panel has the list, and the run that goes on', async () => {
  const world = await startPaired();
  const { tell } = await startRun(world);
  const panel = await world.browser.openPage('sidepanel.html');
  await panel.setViewportSize({ width: 360, height: 800 });
  await panel.getByRole('list', { name: 'Running' }).getByText('Build').waitFor();
  const run = panel.getByRole('complementary', { name: 'Run' });
  await run.getByText('make all').waitFor();
  await tell(['run.phase', { name: 'Compiling' }]);
  await run.getByRole('list', { name: 'Timeline' }).getByText('Compiling').waitFor();

  // what is chosen in the list shows here, not in a tab
  const tabs = world.browser.context.pages().length;
  await panel.getByRole('link', { name: 'Open the run of Build' }).first().click();
  await tell(['run.succeeded']);
  await run.getByRole('status').getByText('succeeded').waitFor();
  expect(world.browser.context.pages()).toHaveLength(tabs);
});

test('a notification leads to the run that it tells of', async () => {
  const world = await startPaired();
  const { browser } = world;
  await closePopup(world);
  const { tell } = await startRun(world);
  await tell(['run.failed', { reason: 'exit', message: 'no' }]);
  await eventually(async () => (await browser.notifications()).length === 1, 'a notification');
  const [id] = await browser.notifications();
  const opened = browser.context.waitForEvent('page');
  await browser.clickNotification(id ?? '');
  const page = await opened;
  await page.getByText('no', { exact: true }).first().waitFor();
  expect(new URL(page.url()).searchParams.get('run')).toBe(RUN);
});
