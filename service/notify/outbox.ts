/** Sends the queued notifications of one target, a few at a time, so that a slow target does not delay others. */
import type { Logger } from 'pino';
import type { Fleet } from '../../protocol/fleet/fleet.ts';
import type { Sql } from '../database/connect.ts';
import { deliver } from './deliver.ts';
import { isStillTrue } from './notice.ts';
import type { NotifyTarget } from './notify-config.ts';
import type { ClaimedNotice } from './queue.ts';
import { claim, postpone, settle } from './queue.ts';
import { toRequest } from './request.ts';
import { MAX_ATTEMPTS, retryDelayMs } from './retry.ts';

/** Maximum number of concurrent requests to one target, per instance. */
const CONCURRENCY = 4;
/** Time for open requests to finish when the service stops. */
const CLOSE_MS = 1_000;

/** `failed`: will be retried. `unneeded`: a browser shows it, or it is no longer true. */
export const NOTICE_RESULTS = ['delivered', 'failed', 'given-up', 'unneeded', 'dropped'] as const;
export type NoticeResult = (typeof NOTICE_RESULTS)[number];

/** Called for metrics with the result of an attempt or of a notification. */
export type NotifyObserver = (kind: NotifyTarget['type'], result: NoticeResult) => void;

export interface NotificationOutboxOptions {
  readonly sql: Sql;
  readonly logger: Logger;
  readonly observer: NotifyObserver;
  /** Name of the target in the configuration. */
  readonly name: string;
  readonly target: NotifyTarget;
  readonly fleet: () => Fleet;
  /** Whether a browser follows any instance; undefined while that is unknown. */
  readonly hasBrowser: () => Promise<boolean | undefined>;
  /** A number from 0 to 1. */
  readonly random: () => number;
}

/** Close it before the database. */
export class Outbox {
  readonly #options: NotificationOutboxOptions;
  readonly #sending = new Set<Promise<void>>();
  readonly #abort = new AbortController();
  #pumping: Promise<void> | undefined;
  #closed = false;

  constructor(options: NotificationOutboxOptions) {
    this.#options = options;
  }

  /** Sends the notifications that are due. */
  pump(): void {
    if (this.#closed || this.#sending.size >= CONCURRENCY) return;
    this.#pumping ??= this.#pump()
      .catch((error: unknown) =>
        this.#options.logger.warn(
          { err: error },
          'could not read the due notifications; will retry',
        ),
      )
      .finally(() => {
        this.#pumping = undefined;
      });
  }

  /** Starts no further requests, and gives open ones a moment to finish. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#pumping;
    const timer = setTimeout(() => this.#abort.abort(), CLOSE_MS);
    await Promise.all(this.#sending);
    clearTimeout(timer);
  }

  async #pump(): Promise<void> {
    const { sql, name, hasBrowser } = this.#options;
    const browser = await hasBrowser();
    const claimed = await claim(sql, {
      target: name,
      limit: CONCURRENCY - this.#sending.size,
      skipUnlessBrowser: browser === undefined,
    });
    for (const one of claimed) {
      const sending = this.#send(one, browser === true)
        .catch((error: unknown) =>
          // it is due again when its lease expires
          this.#options.logger.warn(
            { err: error },
            'could not record the result of a notification',
          ),
        )
        .finally(() => {
          this.#sending.delete(sending);
          this.pump();
        });
      this.#sending.add(sending);
    }
  }

  async #send(
    { id, notice, unlessBrowser, attempts }: ClaimedNotice,
    hasBrowser: boolean,
  ): Promise<void> {
    const { sql, target, name, fleet, logger, random } = this.#options;
    if ((unlessBrowser && hasBrowser) || !isStillTrue(notice, fleet())) {
      await settle(sql, id);
      return this.#report('unneeded');
    }
    const request = toRequest(target, notice, id, Date.now());
    const delivery = await deliver(request, this.#abort.signal);
    if (delivery.outcome === 'delivered') {
      await settle(sql, id);
      return this.#report('delivered');
    }
    const about = { target: name, type: notice.type, attempts, reason: delivery.reason };
    if (this.#abort.signal.aborted) return postpone(sql, id, 0);
    if (delivery.outcome === 'refused' || attempts >= MAX_ATTEMPTS) {
      await settle(sql, id);
      logger.warn(about, 'gave up a notification');
      return this.#report('given-up');
    }
    await postpone(sql, id, retryDelayMs(attempts, random(), delivery.afterMs));
    logger.info(about, 'a notification failed; will retry');
    return this.#report('failed');
  }

  #report(result: NoticeResult): void {
    this.#options.observer(this.#options.target.type, result);
  }
}
