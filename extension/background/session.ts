/**
 * One paired service: keeps its stream, folds what comes, and owes the person what follows from it.
 *
 *   batch ──▶ fold ──▶ view ──┬──▶ changed (badge, at once)
 *                             └──▶ saved, in one write ──▶ notices shown ──▶ taken out of the outbox
 *
 * A notice is saved before it is shown, so a worker that is killed in between shows it in its next life; its id
 * is that of the incident, so that showing it twice replaces it.
 */
import type { Client } from '../../protocol/client/client.ts';
import type { ConnectionState } from '../../protocol/client/connection.ts';
import { reviveConnectionState } from '../../protocol/client/connection.ts';
import { ServiceError } from '../../protocol/client/errors.ts';
import { follow } from '../../protocol/client/follow.ts';
import { ServiceConnection } from '../../protocol/client/service-connection.ts';
import type { StreamBatch } from '../../protocol/client/stream.ts';
import { fold } from '../../protocol/fleet/fold.ts';
import { hasAccess } from './access.ts';
import type { NotificationPreferences } from './notify/notification-verdict.ts';
import { notificationVerdict } from './notify/notification-verdict.ts';
import { dueIds, isDue, newNotices } from './notify/notices.ts';
import { showNotice, visibleNotices, withdrawNotice } from './notify/notifications.ts';
import { settleOutbox } from './notify/outbox.ts';
import { clientFor } from './service-client.ts';
import { loadView, saveView } from './store.ts';
import type { Settings } from '../shared/settings.ts';
import { withoutMuted } from '../shared/settings.ts';
import type { BrowserNotice, PairedService, View } from '../shared/view.ts';
import { firstView } from '../shared/view.ts';

/** Whoever sits at the terminal answers there first, without a notification. */
const QUESTION_GRACE_MS = 2_000;
/** The state is written so often at most; what a killed worker has not written comes again from its cursor. */
const SAVE_INTERVAL_MS = 100;
/** Errors that are remembered. */
const PROBLEMS = 5;

export interface SessionOptions {
  /** Called after every change of the view. */
  changed(): void;
  /** What the person wants to be told of, as it is chosen now. */
  preferences(): NotificationPreferences;
}

export class Session {
  readonly service: PairedService;
  readonly client: Client;
  readonly #options: SessionOptions;
  readonly #connection: ServiceConnection;
  #view: View;
  #nextNotice: ReturnType<typeof setTimeout> | undefined;
  #saving: Promise<void> | undefined;
  #unsaved = false;
  /** By the monotonic clock; at first, long ago. */
  #savedAtMs = -SAVE_INTERVAL_MS;
  #ended = false;

  /** Takes up where the last worker stopped, and connects. */
  static async begin(service: PairedService, options: SessionOptions): Promise<Session> {
    const nowMs = Date.now();
    const view = (await loadView(service.id)) ?? firstView(nowMs);
    const connection = reviveConnectionState(view.connection, nowMs);
    const session = new Session(service, { ...view, connection }, options);
    session.#update({});
    session.#connection.start();
    return session;
  }

  private constructor(service: PairedService, view: View, options: SessionOptions) {
    this.service = service;
    this.client = clientFor(service);
    this.#view = view;
    this.#options = options;
    this.#connection = new ServiceConnection({
      open: (cursor, signal) => follow(this.client, { cursor, signal }),
      onBatch: (batch) => this.#receive(batch),
      onChange: (state) => this.#connectionChanged(state),
      cursor: view.cursor,
      state: view.connection,
    });
  }

  get view(): View {
    return this.#view;
  }

  /** Tries again now, if it is waiting. */
  wake(): void {
    this.#connection.retry();
  }

  /** The person may have taken back the access to the service, or given it again. */
  async lookAtAccess(): Promise<void> {
    this.#connection.setAccess(await hasAccess(this.service.url));
  }

  /** The alarm rang: a timer may have been lost with an earlier life of the worker. */
  tick(): void {
    this.#connection.retryIfDue();
    if (this.#view.outbox.length > 0) this.refresh();
  }

  /** What the person wants may have changed: looks at everything that is owed again. */
  refresh(): void {
    this.#update({});
  }

  /** The person has looked at everything up to `seq`. */
  seen(seq: number): void {
    if (seq > this.#view.seenSeq) this.#update({ seenSeq: seq });
  }

  /** Stops for ever, and takes back what it has shown. */
  async end(): Promise<void> {
    this.#ended = true;
    this.#connection.close();
    clearTimeout(this.#nextNotice);
    await this.#saving;
    await this.#withdraw(() => true);
  }

  #connectionChanged(connection: ConnectionState): void {
    if (this.#ended) return;
    const { problems = [] } = this.#view;
    const isNew = 'error' in connection && connection.error !== problems.at(-1)?.error;
    this.#update({
      connection,
      ...(isNew && {
        problems: [...problems, { error: connection.error, atMs: connection.sinceMs }].slice(
          -PROBLEMS,
        ),
      }),
    });
  }

  /** @throws ServiceError when the view is of no use: the stream then begins with a new snapshot. */
  #receive(batch: StreamBatch): void {
    try {
      this.#take(batch);
    } catch (error) {
      console.error('the view does not fit what the service sends', error);
      const { connection } = this.#view;
      this.#view = { ...firstView(Date.now()), connection };
      throw new ServiceError('not-agentlight', String(error), { type: 'invalid-cursor' });
    }
  }

  #take({ hello, snapshot, events, cursor }: StreamBatch): void {
    const before = this.#view;
    const nowMs = Date.now();
    const fleet = fold(snapshot?.fleet ?? before.fleet, events);
    const { id, user } = this.service;
    // what was so before we came is no news
    const isNews = before.cursor !== undefined;
    const options = {
      seenSeq: before.seenSeq,
      nowMs,
      questionGraceMs: QUESTION_GRACE_MS,
      user,
      approves: this.#options.preferences().settings.approveFromNotification,
    };
    const notices = isNews ? newNotices(id, before.fleet, fleet, options) : [];
    this.#update({
      fleet,
      asOfMs: nowMs,
      outbox: [...before.outbox, ...notices],
      ...(cursor !== undefined && { cursor }),
      ...(hello && { clockOffsetMs: Date.parse(hello.time) - nowMs }),
    });
  }

  #update(changes: Partial<View>): void {
    this.#view = { ...this.#view, ...changes };
    this.#options.changed();
    this.#unsaved = true;
    this.#saving ??= this.#saveAll()
      // such as a full disk: the next change is another try
      .catch((error: unknown) => console.error('the view could not be stored', error))
      .finally(() => {
        this.#saving = undefined;
      });
  }

  /** The newest view, until there is none newer: what changes while one is written is in the next. */
  async #saveAll(): Promise<void> {
    while (this.#unsaved && !this.#ended) {
      // events come faster than a large fleet can be written and drawn
      const waitMs = this.#savedAtMs + SAVE_INTERVAL_MS - performance.now();
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
      this.#savedAtMs = performance.now();
      this.#unsaved = false;
      const preferences = this.#options.preferences();
      this.#view = { ...this.#view, outbox: this.#settled(preferences) };
      const view = this.#view;
      await saveView(this.service.id, view);
      await this.#deliver(view, preferences.settings);
    }
  }

  #settled(preferences: NotificationPreferences): readonly BrowserNotice[] {
    const { id } = this.service;
    const { fleet, seenSeq, outbox } = this.#view;
    const nowMs = Date.now();
    return settleOutbox(outbox, {
      service: id,
      seenSeq,
      due: dueIds(id, fleet, seenSeq),
      verdict: (occasion) => notificationVerdict(id, occasion, preferences, nowMs),
    });
  }

  /** Shows what is owed and still true, and takes back what is not. */
  async #deliver({ fleet, seenSeq, outbox }: View, settings: Settings): Promise<void> {
    const { id: service } = this.service;
    const due = dueIds(service, withoutMuted(fleet, service, settings.muted), seenSeq);
    const nowMs = Date.now();
    const ready = outbox.filter(({ occasion }) => !occasion);
    const owed = ready.filter(({ id }) => isDue(id, due, seenSeq));
    const later = owed.filter(({ showAtMs = 0 }) => showAtMs > nowMs);
    for (const notice of owed)
      if (!later.includes(notice)) {
        await showNotice(notice, settings);
      }
    await this.#withdraw((id) => !isDue(id, due, seenSeq));
    clearTimeout(this.#nextNotice);
    if (later.length > 0) {
      const waitMs = Math.min(...later.map(({ showAtMs = 0 }) => showAtMs)) - nowMs;
      this.#nextNotice = setTimeout(() => this.#update({}), waitMs);
    }
    const done = new Set(ready.filter((notice) => !later.includes(notice)).map(({ id }) => id));
    if (done.size === 0) return;
    this.#view = {
      ...this.#view,
      outbox: this.#view.outbox.filter(({ id }) => !done.has(id)),
    };
    this.#unsaved = true;
  }

  async #withdraw(isOver: (id: string) => boolean): Promise<void> {
    const ours = (await visibleNotices()).filter((id) => id.startsWith(`${this.service.id}:`));
    for (const id of ours) if (isOver(id)) await withdrawNotice(id);
  }
}
