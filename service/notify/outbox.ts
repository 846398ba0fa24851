/** Sends what is queued for one target, a few at a time: a slow target holds up nobody else. */
import type { Logger } from 'pino';
import type { Fleet } from '../../protocol/fleet/fleet.ts';
import type { Sql } from '../database/connect.ts';
import { deliver } from './deliver.ts';
import { isStillTrue } from './notice.ts';
import type { NotifyTarget } from './notify-config.ts';
import type { Claimed } from './queue.ts';
import { claim, postpone, settle } from './queue.ts';
import { toRequest } from './request.ts';
import { MOST_TRIES, waitMs } from './retry.ts';

/** Requests to one target at a time, of one instance. */
const CONCURRENCY = 4;
/** What is under way when the service stops may take so long. */
const CLOSE_MS = 1_000;

/** `failed`: it will be tried again. `unneeded`: a browser shows it, or it is not true any more. */
export const NOTICE_RESULTS = ['delivered', 'failed', 'given-up', 'unneeded', 'dropped'] as const;
export type NoticeResult = (typeof NOTICE_RESULTS)[number];

/** Told at the edge, for metrics: what became of a try, or of a notification. */
export type NotifyObserver = (kind: NotifyTarget['type'], result: NoticeResult) => void;

export interface NotificationOutboxOptions {
  readonly sql: Sql;
  readonly logger: Logger;
  readonly observer: NotifyObserver;
  /** In the configuration. */
  readonly name: string;
  readonly target: NotifyTarget;
  readonly fleet: () => Fleet;
  /** Whether a browser follows this service or another instance; undefined while that can't be known. */
  readonly hasBrowser: () => Promise<boolean | undefined>;
  /** 0 to 1. */
  readonly random: () => number;
}

export class Outbox {
  readonly #options: NotificationOutboxOptions;
  readonly #sending = new Set<Promise<void>>();
  readonly #giveUp = new AbortController();
  #pumping: Promise<void> | undefined;
  #closed = false;

  constructor(options: NotificationOutboxOptions) {
    this.#options = options;
  }

  /** Sends what is due. */
  pump(): void {
    if (this.#closed || this.#sending.size >= CONCURRENCY) return;
    this.#pumping ??= this.#pump()
      .catch((error: unknown) => this.#options.logger.warn({ err: error }, 'no notice was read'))
      .finally(() => {
        this.#pumping = undefined;
      });
  }

  /** Begins no more, gives what is under way a moment. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#pumping;
    const timer = setTimeout(() => this.#giveUp.abort(), CLOSE_MS);
    await Promise.all(this.#sending);
    clearTimeout(timer);
  }

  async #pump(): Promise<void> {
    const { sql, name, hasBrowser } = this.#options;
    const browser = await hasBrowser();
    const claimed = await claim(sql, {
      target: name,
      limit: CONCURRENCY - this.#sending.size,
      onlyInAnyCase: browser === undefined,
    });
    for (const one of claimed) {
      const sending = this.#send(one, browser === true)
        .catch((error: unknown) =>
          // it is due again when its lease is over
          this.#options.logger.warn({ err: error }, 'what became of a notice was not noted'),
        )
        .finally(() => {
          this.#sending.delete(sending);
          this.pump();
        });
      this.#sending.add(sending);
    }
  }

  async #send({ id, notice, unlessBrowser, tries }: Claimed, hasBrowser: boolean): Promise<void> {
    const { sql, target, name, fleet, logger, random } = this.#options;
    if ((unlessBrowser && hasBrowser) || !isStillTrue(notice, fleet())) {
      await settle(sql, id);
      return this.#tell('unneeded');
    }
    const request = toRequest(target, notice, id, Date.now());
    const delivery = await deliver(request, this.#giveUp.signal);
    if (delivery.outcome === 'delivered') {
      await settle(sql, id);
      return this.#tell('delivered');
    }
    const about = { target: name, type: notice.type, tries, reason: delivery.reason };
    if (this.#giveUp.signal.aborted) return postpone(sql, id, 0);
    if (delivery.outcome === 'refused' || tries >= MOST_TRIES) {
      await settle(sql, id);
      logger.warn(about, 'a notification was given up');
      return this.#tell('given-up');
    }
    await postpone(sql, id, waitMs(tries, random(), delivery.afterMs));
    logger.info(about, 'a notification failed, and will be tried again');
    return this.#tell('failed');
  }

  #tell(result: NoticeResult): void {
    this.#options.observer(this.#options.target.type, result);
  }
}
