/**
 * The background worker as a whole: its sessions, the toolbar, and what pages ask for.
 *
 * It may be killed at any time, and begins every life from what is stored.
 */
import {
  answerApproval,
  controlRun,
  redeemCode,
  setAcknowledged,
  startRun,
} from '../../protocol/client/calls.ts';
import type { Client } from '../../protocol/client/client.ts';
import { ServiceError } from '../../protocol/client/errors.ts';
import { greet } from '../../protocol/client/follow.ts';
import { t } from '../i18n/worker.ts';
import { readAddress } from '../shared/address.ts';
import { runPath } from '../shared/pages.ts';
import type { WorkerAnswer, RequestMessage, Requests, RequestType } from '../shared/messages.ts';
import type { PairedService } from '../shared/view.ts';
import { createActionMenu } from './toolbar/action-menu.ts';
import { badgeOf, DISCONNECTED_AFTER_MS } from './toolbar/badge.ts';
import { clientFor, toRefusal } from './service-client.ts';
import { noticeActionOf, runOfNotice } from './notify/notices.ts';
import { showNotice } from './notify/notifications.ts';
import { Preferences } from './preferences.ts';
import { Session } from './session.ts';
import { applyLanguage } from './worker-language.ts';
import type { Suggestion } from './suggestions.ts';
import { suggestionsFor } from './suggestions.ts';
import { forgetView, loadServices, saveServices } from './store.ts';
import { Toolbar } from './toolbar/toolbar.ts';

export class Worker {
  readonly #bornMs = Date.now();
  readonly #toolbar = new Toolbar();
  readonly #preferences = new Preferences();
  readonly #sessions = new Map<string, Session>();
  readonly #label: string;
  readonly #ready: Promise<void>;
  #lookAgain: ReturnType<typeof setTimeout> | undefined;

  /** @param label how this browser's tokens are listed on the service. */
  constructor(label: string) {
    this.#label = label;
    this.#ready = this.#begin();
  }

  async answer(message: RequestMessage): Promise<WorkerAnswer<RequestType>> {
    try {
      await this.#ready;
      return { ok: true, ...(await this.#handle(message)) };
    } catch (error) {
      return { ok: false, problem: toRefusal(error) };
    }
  }

  /** There is a network again. */
  async online(): Promise<void> {
    await this.#ready;
    for (const session of this.#sessions.values()) session.wake();
  }

  /** The person has given or taken back access to an address. */
  async accessChanged(): Promise<void> {
    await this.#ready;
    await this.#lookAtAccess();
  }

  /** A button of a notification was pressed. Resolves to whether the popup should be shown. */
  async pressed(notification: string, index: number): Promise<boolean> {
    await this.#ready;
    const session = this.#sessions.get(notification.split(':')[0] ?? '');
    if (!session) return true;
    const { service, client, view } = session;
    const { approveFromNotification } = this.#preferences.current().settings;
    const pressed = noticeActionOf(
      service.id,
      view.fleet,
      notification,
      index,
      approveFromNotification,
    );
    switch (pressed?.button) {
      case 'approve':
      case 'deny': {
        const { question, choice } = pressed;
        const answer = { choice, hash: question.hash, via: 'notification' };
        await answerApproval(client, question.id, answer);
        return false;
      }
      case 'retry':
        await controlRun(client, pressed.run, 'retry', crypto.randomUUID());
        return false;
      default:
        return true;
    }
  }

  /** Where a notification leads: to the page of its run; undefined: to the popup. */
  async pageOf(notification: string): Promise<string | undefined> {
    await this.#ready;
    const session = this.#sessions.get(notification.split(':')[0] ?? '');
    if (!session) return undefined;
    const { service, view } = session;
    const run = runOfNotice(service.id, view.fleet, notification);
    return run && runPath(service.id, run);
  }

  /** Now and then, whatever became of our timers. */
  async tick(): Promise<void> {
    await this.#ready;
    for (const session of this.#sessions.values()) session.tick();
    await this.#lookAtAccess();
    this.#show();
  }

  /** Agents that the address bar offers. */
  async suggest(typed: string): Promise<readonly Suggestion[]> {
    await this.#ready;
    const sessions = [...this.#sessions.values()];
    return suggestionsFor(
      typed,
      sessions.map(({ service, view: { fleet } }) => ({ service, fleet })),
    );
  }

  /** What the organisation prescribes has changed. */
  async policyChanged(): Promise<void> {
    await this.#ready;
    await this.#preferences.load();
    this.#refresh();
  }

  async #begin(): Promise<void> {
    await this.#preferences.load();
    applyLanguage(this.#preferences.current().settings.language);
    // the one that is there may be of an earlier version
    void createActionMenu();
    for (const service of await loadServices()) await this.#open(service);
    // nobody tells us of what was given or taken while there was no worker
    await this.#lookAtAccess();
    this.#show();
  }

  async #open(service: PairedService): Promise<void> {
    const options = {
      changed: () => this.#show(),
      preferences: () => this.#preferences.current(),
    };
    this.#sessions.set(service.id, await Session.begin(service, options));
  }

  /** What is chosen may be other than before. */
  #refresh(): void {
    if (applyLanguage(this.#preferences.current().settings.language)) void createActionMenu();
    for (const session of this.#sessions.values()) session.refresh();
    this.#show();
  }

  #show(): void {
    const services = [...this.#sessions.values()].map(({ service, view }) => ({ service, view }));
    const nowMs = Date.now();
    const { muted } = this.#preferences.current().settings;
    const silence = this.#preferences.silence(nowMs);
    this.#toolbar.show(
      badgeOf({ services, muted, quietPeriod: silence, nowMs, workerStartedMs: this.#bornMs }),
    );
    clearTimeout(this.#lookAgain);
    if (services.every(({ view }) => view.connection.state === 'live')) return;
    // a connection that stays away shows without anything else happening
    this.#lookAgain = setTimeout(() => this.#show(), DISCONNECTED_AFTER_MS);
  }

  #handle(message: RequestMessage): Promise<Requests[RequestType]['answer']> {
    switch (message.type) {
      case 'run':
        return this.#run(message);
      case 'controlRun':
        return this.#controlRun(message);
      case 'acknowledge':
        return this.#acknowledge(message);
      case 'decide':
        return this.#decide(message);
      case 'pair':
        return this.#pair(message);
      case 'connect':
        return this.#connect(message);
      case 'test':
        return this.#test(message);
      case 'forget':
        return this.#forget(message);
      case 'wake':
        return this.#wake();
      case 'seen':
        this.#sessions.get(message.service)?.seen(message.seq);
        return Promise.resolve({});
      case 'change':
        return this.#prefer(this.#preferences.change(message.changes));
      case 'mute':
        return this.#prefer(this.#preferences.mute(message.service, message.agent, message.isOn));
      case 'fold':
        return this.#prefer(this.#preferences.fold(message.group, message.isOn));
      case 'snooze':
        return this.#prefer(this.#preferences.snooze(message.untilMs));
      case 'tryNotice':
        return this.#tryNotice();
    }
  }

  async #wake() {
    for (const session of this.#sessions.values()) session.wake();
    await this.#lookAtAccess();
    return {};
  }

  async #lookAtAccess(): Promise<void> {
    await Promise.all([...this.#sessions.values()].map((session) => session.lookAtAccess()));
  }

  async #prefer(change: Promise<void>) {
    await change;
    this.#refresh();
    return {};
  }

  async #tryNotice() {
    const { settings } = this.#preferences.current();
    const message = t('notice.try-message');
    await showNotice({ id: 'try', title: t('notice.try'), message }, settings);
    return {};
  }

  async #run({ service, agent, body, key }: Requests['run']['request']) {
    return { run: await startRun(this.#clientOf(service), agent, body, key) };
  }

  async #controlRun({ service, run, what, key }: Requests['controlRun']['request']) {
    return { run: await controlRun(this.#clientOf(service), run, what, key) };
  }

  async #acknowledge({ service, agent, attention, isOn }: Requests['acknowledge']['request']) {
    await setAcknowledged(this.#clientOf(service), agent, attention, isOn);
    return {};
  }

  async #decide({ service, approval, decision }: Requests['decide']['request']) {
    await answerApproval(this.#clientOf(service), approval, { ...decision, via: 'popup' });
    return {};
  }

  async #pair({ url: typed, code }: Requests['pair']['request']) {
    const url = addressOf(typed);
    const { token, user, service } = await redeemCode(clientFor({ url }), code, this.#label);
    return this.#add({ id: service.epoch, url, token, user });
  }

  async #connect({ url: typed, token }: Requests['connect']['request']) {
    const url = addressOf(typed);
    const { user, service } = await greet(clientFor({ url, token }));
    return this.#add({ id: service.epoch, url, token, user });
  }

  async #test({ url, token }: Requests['test']['request']) {
    const { user, service } = await greet(clientFor({ url: addressOf(url), token }));
    return { user, version: service.version };
  }

  /** A service that is known already gets the new address and token. */
  async #add(service: PairedService) {
    await this.#sessions.get(service.id)?.end();
    const others = (await loadServices()).filter(({ id }) => id !== service.id);
    await saveServices([...others, service]);
    // a refused token must not keep the new one from being tried
    await forgetView(service.id);
    await this.#open(service);
    return { service: service.id };
  }

  async #forget({ service }: Requests['forget']['request']) {
    await this.#sessions.get(service)?.end();
    this.#sessions.delete(service);
    await saveServices((await loadServices()).filter(({ id }) => id !== service));
    await forgetView(service);
    this.#show();
    return {};
  }

  #clientOf(id: string): Client {
    const session = this.#sessions.get(id);
    if (session) return session.client;
    throw new ServiceError('refused', t('refused.unknown-service'));
  }
}

function addressOf(typed: string): string {
  const address = readAddress(typed);
  if (address !== undefined) return address;
  throw new ServiceError('refused', t('refused.no-address'));
}
