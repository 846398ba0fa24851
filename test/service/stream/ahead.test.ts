import { expect, onTestFinished, test } from 'vitest';
import { createTestDatabase } from '../../support/database.ts';
import { eventually } from '../../support/eventually.ts';
import { register, REPORTER, reportErrors, stopNotifications } from '../../support/log.ts';
import { Hub, ModelReader } from './model-world.ts';

test('a replay from a database that is ahead of the instance sends no event twice', async () => {
  const database = await createTestDatabase();
  onTestFinished(database.drop);
  const open = async () => {
    const hub = await Hub.open(database.url);
    onTestFinished(() => hub.close());
    return hub;
  };
  const writer = await open();
  const report = async (count: number) => {
    const { events = [] } = await writer.log.append(reportErrors('a', count), REPORTER);
    return events.map(({ seq }) => seq);
  };
  await register(writer.log, 'a');
  const reader = new ModelReader({ detail: false });
  onTestFinished(() => reader.disconnect());
  await reader.connect(writer);
  await eventually(() => reader.got.length === 1, 'the snapshot');
  reader.disconnect();
  const missed = await report(3);

  const late = await open();
  // the instance finds the next events in the database before it has read them itself
  await stopNotifications(database);
  const ahead = await report(4);
  await reader.connect(late);
  const got = () => reader.got.flatMap((one) => (one.kind === 'event' ? one.event.seq : []));
  await eventually(() => got().length >= missed.length, 'the missed events');
  await late.log.refresh();
  await eventually(() => got().length >= missed.length + ahead.length, 'the events ahead');
  const live = await report(1);
  await late.log.refresh();
  await eventually(() => got().at(-1) === live[0], 'the live event');
  expect(got()).toEqual([...missed, ...ahead, ...live]);
});
