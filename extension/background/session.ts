/**
 * One paired service: keeps its stream, folds what comes, and owes the person what follows from it.
 *
 *   batch ──▶ fold ──▶ view ──┬──▶ changed (badge, at once)
 *                             └──▶ saved, in one write ──▶ notices shown ──▶ taken out of the outbox
 *
 * A notice is saved before it is shown, so a worker that is killed in between shows it in its next life; its id
 * is that of the incident, so that showing it twice replaces it.
 */
import { fold } from '../../protocol/fleet/fold.ts';
import { hasAccess } from './access.ts';
import type { ConnectionInput } from './connection.ts';
import { nextConnection, revive } from './connection.ts';
import type { NotificationPreferences } from './notify/notification-verdict.ts';
import { notificationVerdict } from './notify/notification-verdict.ts';
import { ConnectionError } from './failure.ts';
import type { FollowedBatch } from './follow.ts';
import { follow } from './follow.ts';
import { dueIds, isDue, newNotices } from './notify/notices.ts';
import { showNotice, visibleNotices, withdrawNotice } from './notify/notifications.ts';
import { settleOutbox } from './notify/outbox.ts';
import { loadView, saveView } from './store.ts';
import type { Settings } from '../shared/settings.ts';
import { withoutMuted } from '../shared/settings.ts';
import type { BrowserNotice, PairedService, View } from '../shared/view.ts';
import { firstView } from '../shared/view.ts';

/** Whoever sits at the terminal answers there first, without a notification. */
const QUESTION_GRACE_MS = 2_000;
/** The state is written so often at most; what a killed worker has not written comes again from its cursor. */
const SAVE_INTERVAL_MS = 100;
/** Troubles that are remembered. */
const PROBLEMS = 5;

export interface SessionOptions {
  /** Called after every change of the view. */
  changed(): void;
  /** What the person wants to be told of, as it is chosen now. */
  preferences(): NotificationPreferences;
}

export class Session {
  readonly service: PairedService;
  readonly #options: SessionOptions;
  #view: View;
  #abort = new AbortController();
  #retry: ReturnType<typeof setTimeout> | undefined;
  #nextNotice: ReturnType<typeof setTimeout> | undefined;
  #saving: Promise<void> | undefined;
  #unsaved = false;
  /** By the monotonic clock; at first, long ago. */
  #savedAtMs = -SAVE_INTERVAL_MS;
  #ended = false;

  /** Takes up where the last worker stopped, and connects. */
  static async begin(service: PairedService, options: SessionOptions): Promise<Session> {
    const stored = await loadView(service.id);
    const nowMs = Date.now();
    const view = stored ?? firstView(nowMs);
    const session = new Session(
      service,
      { ...view, connection: revive(view.connection, nowMs) },
      options,
    );
    session.#update({});
    session.#act();
    return session;
  }

  private constructor(service: PairedService, view: View, options: SessionOptions) {
    this.service = service;
    this.#view = view;
    this.#options = options;
  }

  get view(): View {
    return this.#view;
  }

  /** Tries again now, if it is waiting. */
  wake(type: 'wake' | 'online' = 'wake'): void {
    this.#input({ type });
  }

  /** The person may have taken back the access to the service, or given it again. */
  async lookAtAccess(): Promise<void> {
    this.#input({ type: 'access', isGiven: await hasAccess(this.service.url) });
  }

  /** The alarm rang: a timer may have been lost with an earlier life of the worker. */
  tick(): void {
    this.#input({ type: 'retry' });
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
    this.#abort.abort();
    clearTimeout(this.#retry);
    clearTimeout(this.#nextNotice);
    await this.#saving;
    await this.#withdraw(() => true);
  }

  #input(input: ConnectionInput): void {
    if (this.#ended) return;
    const before = this.#view.connection;
    const connection = nextConnection(before, input, { nowMs: Date.now(), random: Math.random });
    if (connection === before) return;
    const { problems = [] } = this.#view;
    const isNew = 'trouble' in connection && connection.trouble !== problems.at(-1)?.trouble;
    this.#update({
      connection,
      ...(isNew && {
        problems: [...problems, { trouble: connection.trouble, atMs: connection.sinceMs }].slice(
          -PROBLEMS,
        ),
      }),
    });
    this.#act();
  }

  /** Does what the state of the connection asks for. */
  #act(): void {
    const { connection } = this.#view;
    clearTimeout(this.#retry);
    if (connection.state === 'waiting') {
      this.#retry = setTimeout(
        () => this.#input({ type: 'due' }),
        connection.retryAtMs - Date.now(),
      );
    }
    if (connection.state === 'connecting') void this.#follow();
    // the browser itself lets a stream go on that it would not open any more
    if (connection.state === 'stopped') this.#abort.abort();
  }

  async #follow(): Promise<void> {
    this.#abort.abort();
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    const { url, token } = this.service;
    try {
      for await (const batch of follow({ url, token, cursor: this.#view.cursor, signal })) {
        if (signal.aborted) return;
        this.#take(batch);
      }
    } catch (error) {
      if (signal.aborted) return;
      const { trouble, retryAfterMs } = asConnectionError(error);
      this.#input({ type: 'closed', trouble, retryAfterMs });
    }
  }

  #take({ hello, snapshot, events, cursor, delayMs }: FollowedBatch): void {
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
    if (hello) this.#input({ type: 'opened', delayMs });
  }

  #update(changes: Partial<View>): void {
    this.#view = { ...this.#view, ...changes };
    this.#options.changed();
    this.#unsaved = true;
    this.#saving ??= this.#saveAll().finally(() => {
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

function asConnectionError(error: unknown): ConnectionError {
  if (error instanceof ConnectionError) return error;
  // a service that sends what is no JSON is none of ours
  console.error('the stream failed', error);
  return new ConnectionError('not-agentlight', String(error));
}
