/** What the extension has stored of a service is damaged, of another version, or refused: it is read anew. */
import { uuidv7 } from 'uuidv7';
import { expect, test } from 'vitest';
import type { Snapshot } from '../../protocol/wire/messages.ts';
import { eventually } from '../support/eventually.ts';
import type { Paired } from '../support/paired.ts';
import { startPaired } from '../support/paired.ts';

declare const chrome: {
  readonly storage: {
    readonly local: {
      get(key: null): Promise<Record<string, unknown>>;
      set(items: object): Promise<void>;
    };
  };
};

interface StoredView {
  readonly fleet: { readonly agents: Readonly<Record<string, object>> };
}
type Damage = (text: string) => unknown;

const changed =
  (change: (view: StoredView) => object): Damage =>
  (text) =>
    JSON.stringify(change(JSON.parse(text) as StoredView));

/** A world whose worker begins its next life from a view that is damaged like this. */
async function startDamaged(damage: Damage) {
  const world = await startPaired();
  const { browser, popup, service } = world;
  await service.client.registerAgent('tests', { name: 'Tests', capabilities: [] });
  await popup.getByText('Tests').waitFor();
  await popup.close();
  const page = await browser.openPage('options.html');
  await browser.killWorker();
  const stored = await page.evaluate(() => chrome.storage.local.get(null));
  const [key = '', text] = Object.entries(stored).find(([name]) => name.startsWith('view:')) ?? [];
  await page.evaluate((items) => chrome.storage.local.set(items), { [key]: damage(String(text)) });
  const errors: string[] = [];
  browser.context.on('weberror', (error) => errors.push(String(error.error())));
  const fresh = await browser.openPopup();
  await browser.wake(page);
  return { ...world, popup: fresh, errors };
}

/** What is stored is what the service has. */
async function whenSame({ browser, service }: Paired): Promise<void> {
  const { fleet } = await service.client.request<Snapshot>('GET', '/v1/snapshot');
  await eventually(async () => (await browser.fleet())?.seq === fleet.seq, 'the last event');
  expect(await browser.fleet()).toEqual(fleet);
}

test.each<[string, Damage]>([
  ['cut off', (text) => text.slice(0, text.length / 2)],
  ['with a cursor that the service refuses', changed((view) => ({ ...view, cursor: 'mangled' }))],
])('a view that is stored %s leads to a new one', async (_case, damage) => {
  const world = await startDamaged(damage);
  const { browser, popup, service, errors } = world;
  await popup.getByText(/^Live/).waitFor();
  await popup.getByText('Tests').waitFor();
  await service.client.registerAgent('build', { name: 'Build', capabilities: [] });
  await popup.getByText('Build').waitFor();
  await whenSame(world);
  expect(errors).toEqual([]);
  expect(await browser.notifications()).toEqual([]);
});

test('a view that turns out to fit no event leads to a new one', async () => {
  const broken = { closedApprovals: 5 };
  const world = await startDamaged(
    changed(({ fleet, ...view }) => ({
      ...view,
      fleet: { ...fleet, agents: { tests: { ...fleet.agents['tests'], ...broken } } },
    })),
  );
  const { popup, service, errors } = world;
  await popup.getByText(/^Live/).waitFor();
  const id = uuidv7();
  const choices = [{ id: 'yes', label: 'Yes', tone: 'allow' }];
  const data = { kind: 'question', title: 'Deploy?', choices, hash: 'a'.repeat(64) };
  const report = (event: object) =>
    service.client.report(JSON.stringify({ events: [{ agent: 'tests', ...event }] }));
  await report({ type: 'approval.requested', id, data });
  await popup.getByText('Deploy?').waitFor();
  await report({ type: 'approval.withdrawn', data: { approval: id, reason: 'no-longer-needed' } });
  await popup.getByText('Deploy?').waitFor({ state: 'detached' });
  await whenSame(world);
  expect(errors).toEqual([]);
});
