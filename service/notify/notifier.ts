/**
 * Tells people elsewhere what they would not hear of without a browser.
 *
 * Reads the log behind a cursor of its own, as any reader does, and queues what the rules ask for; the outboxes send
 * it. Appending never waits for any of this. Of several instances each sends a part.
 */
import type { Logger } from 'pino';
import type { LogEvent } from '../../protocol/events/event.ts';
import type { Sql } from '../database/connect.ts';
import type { Log } from '../log/log.ts';
import { PAGE_EVENTS, readPage, readRuns } from '../log/store.ts';
import { NOTICE_EVENTS } from './notice.ts';
import type { NotifyConfig } from './notify-config.ts';
import type { NotifyObserver } from './outbox.ts';
import { Outbox } from './outbox.ts';
import { advance, openQueue, targetsDue } from './queue.ts';
import { planNotices } from './rules.ts';

/** How often to look for what is due, beside what events bring. */
const SWEEP_MS = 1_000;
/** The cursor follows after so many events even if none of them was for it, so that there is little to look through. */
const FOLLOW_EVENTS = 5_000;
/** After a start browsers take so long to come back; until then nobody knows which are open. */
const SETTLE_MS = 5_000;

const TYPES: ReadonlySet<string> = new Set(NOTICE_EVENTS);

export interface NotifierOptions {
  readonly sql: Sql;
  readonly log: Log;
  readonly logger: Logger;
  readonly observer: NotifyObserver;
  readonly config: NotifyConfig;
  /** Whether a browser follows this instance or another. */
  readonly hasBrowser: () => Promise<boolean>;
  readonly newId: () => string;
  /** Monotonic. */
  readonly nowMs: () => number;
  /** 0 to 1. */
  readonly random: () => number;
}

export class Notifier {
  readonly #options: NotifierOptions;
  readonly #outboxes: ReadonlyMap<string, Outbox>;
  readonly #stopListening: () => void;
  readonly #timer: NodeJS.Timeout;
  /** There may be something behind the cursor. */
  #isNews = true;
  #lookedSeq = 0;
  #looking: Promise<void> | undefined;
  #asking: Promise<void> | undefined;
  #closed = false;

  /** The first time, it begins at the head of the log. */
  static async open(options: NotifierOptions): Promise<Notifier> {
    await openQueue(options.sql);
    return new Notifier(options);
  }

  private constructor(options: NotifierOptions) {
    const { sql, log, logger, observer, config, hasBrowser, nowMs, random } = options;
    this.#options = options;
    const settledAtMs = nowMs() + SETTLE_MS;
    this.#outboxes = new Map(
      Object.entries(config.targets).map(([name, target]) => [
        name,
        new Outbox({
          sql,
          logger,
          observer,
          name,
          target,
          fleet: () => log.fleet,
          hasBrowser: async () =>
            (await hasBrowser()) || (nowMs() < settledAtMs ? undefined : false),
          random,
        }),
      ]),
    );
    this.#stopListening = log.listen((events) => this.#parse(events));
    this.#timer = setInterval(() => this.#tick(), SWEEP_MS);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    this.#stopListening();
    await Promise.all([this.#looking, this.#asking]);
    await Promise.all([...this.#outboxes.values()].map((outbox) => outbox.close()));
  }

  #parse(events: readonly LogEvent[]): void {
    if (!events.some(({ type }) => TYPES.has(type))) return;
    this.#isNews = true;
    this.#look();
  }

  #tick(): void {
    if (this.#options.log.fleet.seq - this.#lookedSeq > FOLLOW_EVENTS) this.#isNews = true;
    this.#look();
    this.#asking ??= this.#pumpDue()
      .catch((error: unknown) => this.#options.logger.warn({ err: error }, 'no notices were read'))
      .finally(() => {
        this.#asking = undefined;
      });
  }

  async #pumpDue(): Promise<void> {
    for (const target of await targetsDue(this.#options.sql)) this.#outboxes.get(target)?.pump();
  }

  #look(): void {
    if (!this.#isNews || this.#closed) return;
    this.#looking ??= this.#lookBehindCursor()
      .catch((error: unknown) => {
        this.#isNews = true;
        this.#options.logger.warn({ err: error }, 'no notices were planned; trying again');
      })
      .finally(() => {
        this.#looking = undefined;
      });
  }

  async #lookBehindCursor(): Promise<void> {
    while (this.#isNews && !this.#closed) {
      this.#isNews = false;
      const looked = await this.#lookOnce();
      // another instance is at it: what it does not see yet is left for the next look
      if (!looked) this.#isNews = true;
      if (!looked) return;
      this.#lookedSeq = Math.max(this.#lookedSeq, looked.seq);
      if (looked.isMore) this.#isNews = true;
      for (const target of looked.targets) this.#outboxes.get(target)?.pump();
    }
  }

  async #lookOnce() {
    const { sql, newId, config, observer, logger } = this.#options;
    let isMore = false;
    const looked = await advance(sql, newId, async (tx, afterSeq) => {
      // the fleet of this moment knows every event that is looked at
      const { fleet } = this.#options.log;
      const filter = { types: NOTICE_EVENTS, detail: false };
      const page = await readPage(tx, afterSeq, filter);
      const events = page.events.filter(({ seq }) => seq <= fleet.seq);
      isMore = events.length === PAGE_EVENTS;
      const runs = await readRuns(tx, [...new Set(events.flatMap(({ run }) => run ?? []))]);
      const byId = new Map(runs.map((run) => [run.id, run]));
      const planned = events.flatMap((event) =>
        planNotices(config, event, fleet, byId.get(event.run ?? '')),
      );
      const lastSeq = events.at(-1)?.seq ?? afterSeq;
      return { seq: isMore ? lastSeq : Math.max(fleet.seq, afterSeq), planned };
    });
    if (!looked) return undefined;
    for (const { target, notice } of looked.dropped) {
      logger.warn({ target, type: notice.type }, 'too many notifications wait; one was dropped');
      const kind = config.targets[target]?.type;
      if (kind) observer(kind, 'dropped');
    }
    const targets = new Set(looked.planned.map(({ target }) => target));
    return { seq: looked.seq, isMore, targets };
  }
}
