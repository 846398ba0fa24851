/**
 * Sends notifications outside the browser: to webhooks, ntfy and Slack.
 *
 * The notifier reads the log from its own cursor, like any reader, and queues a notification for each rule that
 * matches; the outboxes send them. Appending never waits for this. Several instances share the work.
 */
import type { Logger } from 'pino';
import type { LogEvent } from '../../protocol/events/event.ts';
import type { Sql } from '../database/connect.ts';
import type { Log } from '../log/log.ts';
import { PAGE_EVENTS, readPage, readRunsById } from '../log/store.ts';
import { NOTICE_EVENTS } from './notice.ts';
import type { NotifyConfig } from './notify-config.ts';
import type { NotifyObserver } from './outbox.ts';
import { Outbox } from './outbox.ts';
import { advance, openQueue, targetsDue } from './queue.ts';
import { planNotices } from './rules.ts';

/** Interval of the check for notifications that are due. */
const SWEEP_MS = 1_000;
/** The cursor advances after this many events even if none of them matters, which keeps scans short. */
const MAX_LAG_EVENTS = 5_000;
/** Time for browsers to reconnect after a start; until then it is unknown whether one is open. */
const STARTUP_GRACE_MS = 5_000;

const TYPES: ReadonlySet<string> = new Set(NOTICE_EVENTS);

export interface NotifierOptions {
  readonly sql: Sql;
  readonly log: Log;
  readonly logger: Logger;
  readonly observer: NotifyObserver;
  readonly config: NotifyConfig;
  /** Whether a browser follows this or another instance. */
  readonly hasBrowser: () => Promise<boolean>;
  readonly newId: () => string;
  /** Monotonic clock. */
  readonly nowMs: () => number;
  /** A number from 0 to 1. */
  readonly random: () => number;
}

export class Notifier {
  readonly #options: NotifierOptions;
  readonly #outboxes: ReadonlyMap<string, Outbox>;
  readonly #stopListening: () => void;
  readonly #timer: NodeJS.Timeout;
  /** Whether there may be events after the cursor that matter. */
  #needsScan = true;
  #scannedSeq = 0;
  #scanning: Promise<void> | undefined;
  #checkingDue: Promise<void> | undefined;
  #closed = false;

  /** The first notifier on a database starts at the head of the log. */
  static async open(options: NotifierOptions): Promise<Notifier> {
    await openQueue(options.sql);
    return new Notifier(options);
  }

  private constructor(options: NotifierOptions) {
    const { sql, log, logger, observer, config, hasBrowser, nowMs, random } = options;
    this.#options = options;
    const startupEndsMs = nowMs() + STARTUP_GRACE_MS;
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
            (await hasBrowser()) || (nowMs() < startupEndsMs ? undefined : false),
          random,
        }),
      ]),
    );
    this.#stopListening = log.listen((events) => this.#handleEvents(events));
    this.#timer = setInterval(() => this.#tick(), SWEEP_MS);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    this.#stopListening();
    await Promise.all([this.#scanning, this.#checkingDue]);
    await Promise.all([...this.#outboxes.values()].map((outbox) => outbox.close()));
  }

  #handleEvents(events: readonly LogEvent[]): void {
    if (!events.some(({ type }) => TYPES.has(type))) return;
    this.#needsScan = true;
    this.#scan();
  }

  #tick(): void {
    if (this.#options.log.fleet.seq - this.#scannedSeq > MAX_LAG_EVENTS) this.#needsScan = true;
    this.#scan();
    this.#checkingDue ??= this.#pumpDue()
      .catch((error: unknown) =>
        this.#options.logger.warn(
          { err: error },
          'could not read the due notifications; will retry',
        ),
      )
      .finally(() => {
        this.#checkingDue = undefined;
      });
  }

  async #pumpDue(): Promise<void> {
    for (const target of await targetsDue(this.#options.sql)) this.#outboxes.get(target)?.pump();
  }

  #scan(): void {
    if (!this.#needsScan || this.#closed) return;
    this.#scanning ??= this.#scanFromCursor()
      .catch((error: unknown) => {
        this.#needsScan = true;
        this.#options.logger.warn({ err: error }, 'could not plan notifications; will retry');
      })
      .finally(() => {
        this.#scanning = undefined;
      });
  }

  async #scanFromCursor(): Promise<void> {
    while (this.#needsScan && !this.#closed) {
      this.#needsScan = false;
      const scanned = await this.#scanPage();
      // another instance is scanning; events that it has not read yet are left for the next scan
      if (!scanned) this.#needsScan = true;
      if (!scanned) return;
      this.#scannedSeq = Math.max(this.#scannedSeq, scanned.seq);
      if (scanned.isMore) this.#needsScan = true;
      for (const target of scanned.targets) this.#outboxes.get(target)?.pump();
    }
  }

  async #scanPage() {
    const { sql, newId, config, observer, logger } = this.#options;
    let isMore = false;
    const scanned = await advance(sql, newId, async (tx, afterSeq) => {
      // only events that the fleet already includes are handled
      const { fleet } = this.#options.log;
      const filter = { types: NOTICE_EVENTS, detail: false };
      const page = await readPage(tx, afterSeq, filter);
      const events = page.events.filter(({ seq }) => seq <= fleet.seq);
      isMore = events.length === PAGE_EVENTS;
      const runs = await readRunsById(tx, [...new Set(events.flatMap(({ run }) => run ?? []))]);
      const byId = new Map(runs.map((run) => [run.id, run]));
      const planned = events.flatMap((event) =>
        planNotices(config, event, fleet, byId.get(event.run ?? '')),
      );
      const lastSeq = events.at(-1)?.seq ?? afterSeq;
      return { seq: isMore ? lastSeq : Math.max(fleet.seq, afterSeq), planned };
    });
    if (!scanned) return undefined;
    for (const { target, notice } of scanned.dropped) {
      logger.warn({ target, type: notice.type }, 'the queue is full; a notification was dropped');
      const kind = config.targets[target]?.type;
      if (kind) observer(kind, 'dropped');
    }
    const targets = new Set(scanned.planned.map(({ target }) => target));
    return { seq: scanned.seq, isMore, targets };
  }
}
