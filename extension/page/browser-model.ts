/** Fills the model of a page from what the worker keeps, and carries its actions to the worker. */
import type { ReadonlySignal } from '@preact/signals';
import { computed, effect, signal } from '@preact/signals';
import { browser } from 'wxt/browser';
import { t } from '../i18n/list.ts';
import { followLanguage } from './page-language.ts';
import { accessPattern, readAddress } from '../shared/address.ts';
import { rememberAppearance, showAppearance } from '../shared/appearance.ts';
import type { WorkerAnswer, RequestMessage, RequestType, RunBody } from '../shared/messages.ts';
import { historyPath, runPath } from '../shared/pages.ts';
import type { Chosen } from '../shared/settings.ts';
import { choose, SETTINGS_KEY, SNOOZED_KEY } from '../shared/settings.ts';
import type { PairedService, View } from '../shared/view.ts';
import type { StorageReading, Stored } from '../shared/stored.ts';
import { beginReading } from '../shared/stored.ts';
import { firstView, readView, SERVICES_KEY, viewKey } from '../shared/view.ts';
import type { Actions, Model, Paired } from '../ui/model.ts';
import { keyOf } from '../ui/model.ts';
import { PendingActions } from '../ui/pending.ts';
import { Undo } from '../ui/undo.ts';

const TICK_MS = 1_000;

/** Resolves as soon as there is something to draw: what was known last. Follows the worker from then on. */
export async function openModel(): Promise<Model> {
  const reading = globalThis.agentlightReading ?? beginReading();
  const [stored, managed] = await Promise.all([followStored(reading), reading.managed]);
  const paired = signal<readonly Paired[]>([]);
  const chosen = signal<Chosen>(choose(undefined, undefined));
  const snoozedUntilMs = signal(0);
  const pending = new PendingActions();
  const readPaired = pairedReader();
  effect(() => {
    paired.value = readPaired(stored.value);
    for (const { service, view } of paired.peek()) {
      pending.settle(view.fleet, (id) => keyOf(service.id, id));
    }
  });
  // most of what is stored anew is events, and no choice
  const settings = computed(() => stored.value[SETTINGS_KEY]);
  effect(() => {
    chosen.value = choose(settings.value, managed);
  });
  effect(() => {
    const { [SNOOZED_KEY]: untilMs } = stored.value;
    snoozedUntilMs.value = typeof untilMs === 'number' ? untilMs : 0;
  });
  const language = await followLanguage(chosen);
  effect(() => {
    const appearance = { ...chosen.value.settings, lang: language.value.id };
    showAppearance(appearance);
    rememberAppearance(appearance);
  });
  const actions = actionsWith(pending);
  const undo = new Undo();
  return { paired, nowMs: ticking(), chosen, snoozedUntilMs, pending, undo, actions };
}

/** Asks the worker. A worker that can't be reached is an answer like any other. */
export async function send<T extends RequestType>(
  message: Extract<RequestMessage, { type: T }>,
): Promise<WorkerAnswer<T>> {
  try {
    return await browser.runtime.sendMessage<RequestMessage, WorkerAnswer<T>>(message);
  } catch (error) {
    const detail = t('refused.worker', { problem: String(error) });
    return { ok: false, problem: { type: 'internal', detail } };
  }
}

/** All that the worker keeps, now and from now on. */
async function followStored(reading: StorageReading): Promise<ReadonlySignal<Stored>> {
  const stored = signal(await reading.first);
  const take = (values: Stored) => {
    stored.value = { ...stored.peek(), ...values };
  };
  for (const values of reading.missed) take(values);
  reading.changed = take;
  return stored;
}

/** Makes what reads the services and their views: those that have not changed are not read again. */
function pairedReader(): (stored: Stored) => readonly Paired[] {
  const known = new Map<string, { readonly text: unknown; readonly view: View }>();
  return (stored) => {
    const services = (stored[SERVICES_KEY] as PairedService[] | undefined) ?? [];
    return services.map((service) => {
      const key = viewKey(service.id);
      const text = stored[key];
      let last = known.get(key);
      if (!last || last.text !== text) {
        last = { text, view: readView(text) ?? firstView(Date.now()) };
        known.set(key, last);
      }
      return { service, view: last.view };
    });
  };
}

/** Nobody looks at a hidden page. */
function ticking() {
  const nowMs = signal(Date.now());
  const tick = () => {
    if (!document.hidden) nowMs.value = Date.now();
  };
  setInterval(tick, TICK_MS);
  document.addEventListener('visibilitychange', tick);
  return nowMs;
}

function actionsWith(pending: PendingActions): Actions {
  const run = (service: string, agent: string, body: RunBody) => {
    const key = crypto.randomUUID();
    const ask = () => send({ type: 'run', service, agent, body, key });
    const at = keyOf(service, agent);
    // one that waits in line does not show: another goes on
    return body.queue ? pending.send(at, ask) : pending.begin(at, 'run', ask);
  };
  return {
    run: (service, agent, body) => void run(service, agent, body),
    act(service, agent, action) {
      const at = keyOf(service, agent);
      const key = crypto.randomUUID();
      switch (action.kind) {
        case 'run':
        case 'queue':
          return run(service, agent, action.kind === 'queue' ? { queue: true } : {});
        case 'retry':
        case 'cancel': {
          const { kind: what, run: id } = action;
          return pending.begin(at, what === 'retry' ? 'run' : 'cancel', () =>
            send({ type: 'steer', service, run: id, what, key }),
          );
        }
        case 'pause':
        case 'resume': {
          const { kind: what, run: id } = action;
          return pending.send(at, () => send({ type: 'steer', service, run: id, what, key }));
        }
        case 'acknowledge':
        case 'unacknowledge': {
          const { attention, kind } = action;
          const isOn = kind === 'acknowledge';
          return pending.send(at, () =>
            send({ type: 'acknowledge', service, agent, attention, isOn }),
          );
        }
        case 'mute':
        case 'unmute': {
          const isOn = action.kind === 'mute';
          return pending.send(at, () => send({ type: 'mute', service, agent, isOn }));
        }
      }
    },
    decide(service, approval, decision) {
      void pending.send(keyOf(service, approval), () =>
        send({ type: 'decide', service, approval, decision }),
      );
    },
    async steer(service, id, what) {
      const key = crypto.randomUUID();
      let steered: string | undefined;
      await pending.send(keyOf(service, id), async () => {
        const answer = await send({ type: 'steer', service, run: id, what, key });
        if (answer.ok) steered = answer.run.id;
        return answer;
      });
      return steered;
    },
    openRun: (service, id) => openTab(runPath(service, id)),
    openHistory: (service, agent) => openTab(historyPath(service, agent)),
    pair: async (url, code) => (await refusal(url)) ?? send({ type: 'pair', url, code }),
    connect: async (url, token) => (await refusal(url)) ?? send({ type: 'connect', url, token }),
    test: async (url, token) => (await refusal(url)) ?? send({ type: 'test', url, token }),
    forget: (service) => send({ type: 'forget', service }),
    allow: (url) => void allow(url),
    retry: () => void send({ type: 'wake' }),
    change: (changes) => send({ type: 'change', changes }),
    fold: (group, isOn) => void send({ type: 'fold', group, isOn }),
    snooze: (untilMs) => void send({ type: 'snooze', untilMs }),
    tryNotice: () => void send({ type: 'tryNotice' }),
    openOptions: () => void browser.runtime.openOptionsPage(),
  };
}

function openTab(path: string): void {
  void browser.tabs.create({ url: new URL(path, location.origin).href });
}

async function allow(url: string): Promise<void> {
  // the worker hears of it from the browser, but not when it was given long ago
  if (await requestAccess(url)) await send({ type: 'wake' });
}

function requestAccess(origin: string): Promise<boolean> {
  return browser.permissions.request({ origins: [accessPattern(origin)] });
}

/**
 * Asks the person for access to an address, where the browser has not given it yet: only in answer to a click, so
 * before anything else is waited for. Firefox lets a person take back even the access to this machine.
 */
async function refusal(typed: string) {
  const origin = readAddress(typed);
  // the worker says what is wrong with it
  if (origin === undefined) return undefined;
  if (await requestAccess(origin)) return undefined;
  const detail = t('refused.no-permission', { host: new URL(origin).hostname });
  return { ok: false, problem: { type: 'no-permission', detail } } as const;
}
