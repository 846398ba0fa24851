import { expect, onTestFinished, test } from 'vitest';
import { createTestDatabase } from '../../support/database.ts';
import { eventually } from '../../support/eventually.ts';
import { register, REPORTER, reportErrors, silence } from '../../support/log.ts';
import { Hub, ModelReader } from './model-world.ts';

test('a reader that is fed from the database gets nothing twice when that is ahead of this instance', async () => {
  const database = await createTestDatabase();
  onTestFinished(database.drop);
  const open = async () => {
    const hub = await Hub.open(database.url);
    onTestFinished(() => hub.close());
    return hub;
  };
  const writer = await open();
  const say = async (count: number) => {
    const { events = [] } = await writer.log.append(reportErrors('a', count), REPORTER);
    return events.map(({ seq }) => seq);
  };
  await register(writer.log, 'a');
  const reader = new ModelReader({ detail: false });
  onTestFinished(() => reader.disconnect());
  await reader.connect(writer);
  await eventually(() => reader.got.length === 1, 'the state');
  reader.disconnect();
  const missed = await say(3);

  const late = await open();
  // what is said from now on, this instance finds in the database before it is told
  await silence(database);
  const ahead = await say(4);
  await reader.connect(late);
  const got = () => reader.got.flatMap((one) => (one.kind === 'event' ? one.event.seq : []));
  await eventually(() => got().length >= missed.length, 'what was missed');
  await late.log.refresh();
  await eventually(() => got().length >= missed.length + ahead.length, 'what was ahead');
  const live = await say(1);
  await late.log.refresh();
  await eventually(() => got().at(-1) === live[0], 'what came live');
  expect(got()).toEqual([...missed, ...ahead, ...live]);
});
