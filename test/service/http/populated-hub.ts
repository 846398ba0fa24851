/** A service in which every kind of agent and run exists, so that each refusal has something to refuse. */
import { randomUUID } from 'node:crypto';
import type { Sql } from '../../../service/database/connect.ts';
import type { Hub } from './hub.ts';
import { openHub } from './hub.ts';
import { connectRunner } from './runner.ts';

/** Runs that are there: under way, finished, of another user, of an agent that can't be cancelled. */
export const RUNS = {
  live: '0198c2f4-0000-7000-8000-000000000001',
  done: '0198c2f4-0000-7000-8000-000000000002',
  bobs: '0198c2f4-0000-7000-8000-000000000003',
  watched: '0198c2f4-0000-7000-8000-000000000004',
  /** Of nobody. */
  none: '0198c2f4-0000-7000-8000-00000000000f',
} as const;

/** An open question of the agent `live`. */
export const QUESTION = '0198c2f4-0000-7000-8000-000000000010';

export const MAX_BODY_BYTES = 65_536;

export interface PopulatedHub {
  readonly hub: Hub;
  /** What each token may do besides, by name: `read`, `operate`, `report`; `bob` may all that but is no owner. */
  readonly tokens: Readonly<Record<string, string>>;
  readonly revokedToken: string;
}

/**
 * `free` (connected, idle), `live` (running) and `watched` (running, can't be asked for anything) belong to the
 * owner and hang on runner `r-live`; `idle` is the owner's and not connected; `bobs` runs on `r-bob`.
 */
export async function openPopulatedHub(): Promise<PopulatedHub> {
  const hub = await openHub({
    AGENTLIGHT_MAX_BODY_BYTES: String(MAX_BODY_BYTES),
    AGENTLIGHT_WEBHOOKS: 'test/fixtures/webhooks.json',
  });
  const tokens = {
    read: await hub.token('owner', ['read']),
    operate: await hub.token('owner', ['operate']),
    report: await hub.token('owner', ['report']),
    bob: await hub.token('bob', ['read', 'operate', 'report']),
  };
  for (const id of ['free', 'live', 'idle']) await hub.register(id);
  await hub.register('watched', { capabilities: [] });
  await hub.register('bobs', {}, tokens.bob);
  await hub.register('session', { session: RUNS.live });
  await connectRunner(hub, 'r-live', ['free', 'live', 'watched']);
  await connectRunner(hub, 'r-bob', ['bobs'], { token: tokens.bob });
  await hub.report([
    { type: 'run.started', agent: 'live', run: RUNS.live },
    { type: 'run.started', agent: 'idle', run: RUNS.done },
    { type: 'run.succeeded', agent: 'idle', run: RUNS.done },
    { type: 'run.started', agent: 'bobs', run: RUNS.bobs },
    { type: 'run.started', agent: 'watched', run: RUNS.watched },
    {
      type: 'approval.requested',
      id: QUESTION,
      agent: 'live',
      run: RUNS.live,
      data: {
        kind: 'permission',
        title: 'Run a command',
        choices: [{ id: 'allow', label: 'Allow' }],
        hash: '0'.repeat(64),
      },
    },
  ]);
  return { hub, tokens, revokedToken: await makeRevokedToken(hub) };
}

async function makeRevokedToken(hub: Hub): Promise<string> {
  const body = { user: 'owner', scopes: ['admin'], label: randomUUID() };
  const { id, token } = await hub.expect<{ id: string; token: string }>(201, 'POST', '/v1/tokens', {
    body,
  });
  await hub.expect(204, 'DELETE', `/v1/tokens/${id}`);
  return token;
}

/** Everything that a refused request must not change: the tables, and what the service serves. */
export async function stateOf({ fleet, sql }: Hub): Promise<unknown> {
  return { tables: await tablesOf(sql), fleet: await fleet() };
}

async function tablesOf(sql: Sql): Promise<unknown> {
  const [row] = await sql`
    select
      (select json_agg(head) from head) as head,
      (select count(*) from log) as events,
      (select json_agg(agents order by id) from agents) as agents,
      (select json_agg(runs order by id) from runs) as runs,
      (select json_agg(json_build_array(id, revoked_at) order by id) from tokens) as tokens,
      (select json_agg(pairing_codes order by expires_at) from pairing_codes) as codes
  `;
  return row;
}
