/** Delivers events that other processes left behind; see spool.ts. */
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from '../../../protocol/client/client.ts';
import { isTemporary, ServiceError } from '../../../protocol/client/errors.ts';
import type { QueuedEvent } from './event-queue.ts';
import type { SpoolHeader } from './spool.ts';

const EVENTS_PER_REQUEST = 200;

/** @throws ServiceError when the service accepts nothing now; the files stay. */
export async function recoverSpools(
  client: Client,
  folder: string,
  onRecovered?: (line: string) => void,
): Promise<void> {
  for (const file of await orphanedFiles(folder)) {
    const { header, events } = readSpool(await readFile(file, 'utf8').catch(() => ''));
    await registerUnknown(client, header, events);
    const delivered = await deliver(client, events);
    await rm(file, { force: true });
    if (delivered > 0) onRecovered?.(`Delivered ${delivered} events of a process that has ended.`);
  }
}

/** Oldest first. */
async function orphanedFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  const found = names.flatMap((name) => {
    const [, pid, order] = /^(\d+)-(\d+)\.ndjson$/.exec(name) ?? [];
    if (pid === undefined || order === undefined || isAlive(Number(pid))) return [];
    return { file: join(folder, name), order: BigInt(order) };
  });
  return found.sort((a, b) => (a.order < b.order ? -1 : 1)).map(({ file }) => file);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The last line may be incomplete. Of two events with the same id, the second counts. */
function readSpool(text: string): { header: SpoolHeader; events: QueuedEvent[] } {
  const lines = text.split('\n').flatMap((line) => {
    try {
      return [JSON.parse(line) as unknown];
    } catch {
      return [];
    }
  });
  const [header, ...events] = lines as [SpoolHeader | undefined, ...QueuedEvent[]];
  const byId = new Map(events.map((event) => [event.id, event]));
  return { header: header ?? { agents: {} }, events: [...byId.values()] };
}

async function registerUnknown(
  client: Client,
  { agents }: SpoolHeader,
  events: readonly QueuedEvent[],
): Promise<void> {
  if (events.length === 0) return;
  const known = new Set((await client.agents()).map(({ id }) => id));
  for (const id of new Set(events.map(({ agent }) => agent))) {
    const profile = agents[id];
    // without capabilities, because its runner has ended
    if (profile && !known.has(id)) {
      await client.registerAgent(id, { ...profile, capabilities: [], ephemeral: true });
    }
  }
}

/** Events have ids, so none is stored twice. Returns the number of accepted events. */
async function deliver(client: Client, events: readonly QueuedEvent[]): Promise<number> {
  let rest = events;
  let delivered = 0;
  let size = EVENTS_PER_REQUEST;
  while (rest.length > 0) {
    const batch = rest.slice(0, size);
    try {
      await client.report(JSON.stringify({ events: batch }));
      rest = rest.slice(batch.length);
      delivered += batch.length;
      size = EVENTS_PER_REQUEST;
    } catch (error) {
      if (!(error instanceof ServiceError) || isTemporary(error)) throw error;
      const { index } = error.extra;
      const refused = typeof index === 'number' && index < batch.length ? index : undefined;
      // skips events that are not possible any more, such as the end of a run that is already lost
      if (refused !== undefined || batch.length === 1) rest = rest.toSpliced(refused ?? 0, 1);
      else size = Math.ceil(batch.length / 2);
    }
  }
  return delivered;
}
