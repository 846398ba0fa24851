/** With more events: `AGENTLIGHT_EVENTS=100000 npx vitest run --project service test/faults/writers.test.ts`. */
import { uuidv7 } from 'uuidv7';
import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { openStream } from '../support/stream-client.ts';
import { OWNER_TOKEN } from '../service/http/hub.ts';
import { send } from '../service/http/request.ts';
import { onDatabase, startServe, whenListening } from '../service/http/serve-process.ts';

const EVENTS = Number(process.env['AGENTLIGHT_EVENTS'] ?? 10_000);
const INSTANCES = 4;
const WRITERS = 16;
const EVENTS_PER_REQUEST = 25;

test(`${WRITERS} writers on ${INSTANCES} instances: each reader gets all ${EVENTS} events once and in order`, async () => {
  const database = await onDatabase();
  const urls = await Promise.all(
    Array.from({ length: INSTANCES }, () =>
      whenListening(startServe(['--port', '0', ...database])),
    ),
  );
  const body = { name: 'Bench', capabilities: [] };
  await send(urls[0] ?? '', 'PUT', '/v1/agents/bench', { token: OWNER_TOKEN, body });
  const readers = urls.map((url) => openStream(url, OWNER_TOKEN));
  await eventually(() => readers.every((reader) => reader.connections() === 1), 'the readers');

  const written = new Set<string>();
  const write = async (writer: number) => {
    const url = urls[writer % INSTANCES] ?? '';
    const requests = EVENTS / WRITERS / EVENTS_PER_REQUEST;
    for (let n = 0; n < requests; n += 1) {
      const events = Array.from({ length: EVENTS_PER_REQUEST }, (_, at) => ({
        id: uuidv7(),
        type: 'error.reported',
        agent: 'bench',
        data: { message: `writer ${writer}, request ${n}, event ${at}` },
      }));
      const answer = await send(url, 'POST', '/v1/events', {
        token: OWNER_TOKEN,
        body: { events },
      });
      expect(answer).toMatchObject({ status: 200 });
      for (const { id } of events) written.add(id);
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));

  for (const { events } of readers) {
    const ours = () => events.filter(({ type }) => type === 'error.reported');
    await eventually(() => ours().length >= written.size, 'a reader to have everything', 60_000);
    expect(ours()).toHaveLength(written.size);
    expect(new Set(ours().map(({ id }) => id))).toEqual(written);
    const seqs = events.map(({ seq }) => seq);
    expect(seqs).toEqual(seqs.map((_, index) => (seqs[0] ?? 0) + index));
  }
}, 300_000);
