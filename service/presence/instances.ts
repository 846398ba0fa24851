/**
 * The service processes that share this database. Each holds a lease, on the database's clock, and renews it.
 *
 * An instance that finds agents connected to a process without a lease records the loss of that process in the log,
 * so that its agents do not stay live forever.
 */
import type { Logger } from 'pino';
import { SERVICE_ACTOR } from '../../protocol/decide/command.ts';
import type { Sql } from '../database/connect.ts';
import type { Log } from '../log/log.ts';

export interface InstancesOptions {
  readonly sql: Sql;
  readonly log: Log;
  readonly logger: Logger;
  /** Unique id of this process. */
  readonly id: string;
  /** An instance that does not renew its lease for this long counts as dead. */
  readonly leaseMs: number;
  /** Number of browsers that follow this process now; written with the lease for the other instances. */
  readonly browsers: () => number;
}

export class Instances {
  readonly id: string;
  readonly #options: InstancesOptions;
  readonly #timer: NodeJS.Timeout;
  #renewing: Promise<void> | undefined;

  /** Acquires a lease. */
  static async join(options: InstancesOptions): Promise<Instances> {
    await renew(options);
    return new Instances(options);
  }

  private constructor(options: InstancesOptions) {
    this.id = options.id;
    this.#options = options;
    this.#timer = setInterval(() => this.#tick(), options.leaseMs / 4);
  }

  /** The other instances that hold a lease now. */
  async others(): Promise<string[]> {
    const { sql } = this.#options;
    const rows = await sql<{ id: string }[]>`
      select id from instances where expires_at > now() and id <> ${this.id}`;
    return rows.map(({ id }) => id);
  }

  /** Whether a browser follows this process, or followed another instance when it last renewed its lease. */
  async hasBrowser(): Promise<boolean> {
    const { sql, browsers } = this.#options;
    if (browsers() > 0) return true;
    const [row] = await sql<{ found: boolean }[]>`
      select exists (
        select from instances where expires_at > now() and id <> ${this.id} and browsers > 0
      ) as found`;
    return row?.found === true;
  }

  /** Records in the log that this process stops, and releases the lease. */
  async leave(): Promise<void> {
    clearInterval(this.#timer);
    await this.#renewing;
    const { log, sql, logger } = this.#options;
    const stop = { type: 'stop-service', instance: this.id, reason: 'shutdown' } as const;
    const { problem } = await log.append(stop, SERVICE_ACTOR);
    if (problem) logger.warn({ problem }, 'could not record the stop of this process');
    await sql`delete from instances where id = ${this.id}`.catch((error: unknown) =>
      logger.warn({ err: error }, 'could not release the lease; it will expire'),
    );
  }

  #tick(): void {
    // one at a time, so that they do not pile up behind a slow database
    this.#renewing ??= this.#renewAndCheckOthers()
      .catch((error: unknown) =>
        this.#options.logger.warn({ err: error }, 'could not renew the lease'),
      )
      .finally(() => {
        this.#renewing = undefined;
      });
  }

  async #renewAndCheckOthers(): Promise<void> {
    await renew(this.#options);
    const alive = new Set([this.id, ...(await this.others())]);
    const { log, logger } = this.#options;
    const holders = Object.values(log.fleet.agents).flatMap(({ liveness, instance }) =>
      liveness === 'live' && instance !== undefined ? [instance] : [],
    );
    for (const instance of new Set(holders)) {
      if (alive.has(instance)) continue;
      logger.warn({ instance }, 'another instance has died');
      await log.append({ type: 'stop-service', instance, reason: 'lost' }, SERVICE_ACTOR);
    }
  }
}

async function renew({ sql, id, leaseMs, browsers }: InstancesOptions): Promise<void> {
  await sql`
    insert into instances (id, expires_at, browsers)
    values (${id}, now() + ${leaseMs} * interval '1 millisecond', ${browsers()})
    on conflict (id) do update set expires_at = excluded.expires_at, browsers = excluded.browsers`;
  await sql`delete from instances where expires_at < now() - interval '1 day'`;
}
