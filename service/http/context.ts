/** What the routes use, created once at the start, and what the guards add to each request. */
import type { HttpBindings } from '@hono/node-server';
import type { Logger } from 'pino';
import type { Actor } from '../../protocol/decide/command.ts';
import type { Pairing } from '../access/pairing.ts';
import type { Tokens } from '../access/tokens.ts';
import type { Webhooks } from '../adapters/webhooks/webhook-config.ts';
import type { Config } from '../config.ts';
import type { Sql } from '../database/connect.ts';
import type { Conflation } from '../log/conflation.ts';
import type { Log } from '../log/log.ts';
import type { ServiceMetrics } from '../metrics.ts';
import type { ApprovalWaiters } from '../presence/approval-waiters.ts';
import type { Presence } from '../presence/presence.ts';
import type { Streams } from '../stream/streams.ts';

export interface Services {
  readonly config: Config;
  readonly version: string;
  readonly sql: Sql;
  readonly log: Log;
  readonly conflation: Conflation;
  readonly streams: Streams;
  readonly presence: Presence;
  readonly askers: ApprovalWaiters;
  readonly tokens: Tokens;
  readonly pairing: Pairing;
  /** By name. */
  readonly webhooks: Webhooks;
  readonly metrics: ServiceMetrics;
  readonly logger: Logger;
  readonly newId: () => string;
  /** Settled when the start has succeeded or failed. */
  readonly whenStarted: Promise<void>;
  /** Aborted when the service begins to stop; requests that wait are answered then. */
  readonly whenStopping: AbortSignal;
  /** False while the service starts or stops. */
  readonly isServing: () => boolean;
}

/** Type parameter of the Hono app and its contexts. */
export interface Http {
  Variables: {
    actor: Actor;
    /** Id of the token. */
    token: string;
    /** The bytes of the body, up to the limit. */
    body: () => Promise<Buffer>;
  };
  Bindings: HttpBindings;
}
