/** Fills the model of a page from the worker's storage, and sends the page's actions to the worker. */
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

/** Resolves with the last stored state, and follows the worker from then on. */
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
  // computed, as most storage changes are events and leave the settings alone
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

/** Sends a request to the worker. A worker that can't be reached is a refusal, not an error. */
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

/** The worker's storage as a signal. */
async function followStored(reading: StorageReading): Promise<ReadonlySignal<Stored>> {
  const stored = signal(await reading.first);
  const apply = (values: Stored) => {
    stored.value = { ...stored.peek(), ...values };
  };
  for (const values of reading.missed) apply(values);
  reading.changed = apply;
  return stored;
}

/** Returns a function that parses the services and their views, and skips views that have not changed. */
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

/** The local clock, which stands still while the page is hidden. */
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
    const request = () => send({ type: 'run', service, agent, body, key });
    const at = keyOf(service, agent);
    // a queued run is not the one that the row shows
    return body.queue ? pending.send(at, request) : pending.begin(at, 'run', request);
  };
  return {
    run: (service, agent, body) => void run(service, agent, body),
    requestRowAction(service, agent, action) {
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
            send({ type: 'controlRun', service, run: id, what, key }),
          );
        }
        case 'pause':
        case 'resume': {
          const { kind: what, run: id } = action;
          return pending.send(at, () => send({ type: 'controlRun', service, run: id, what, key }));
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
    async controlRun(service, id, what) {
      const key = crypto.randomUUID();
      let started: string | undefined;
      await pending.send(keyOf(service, id), async () => {
        const answer = await send({ type: 'controlRun', service, run: id, what, key });
        if (answer.ok) started = answer.run.id;
        return answer;
      });
      return started;
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
  // the browser notifies the worker only when access is new
  if (await requestAccess(url)) await send({ type: 'wake' });
}

function requestAccess(origin: string): Promise<boolean> {
  return browser.permissions.request({ origins: [accessPattern(origin)] });
}

/**
 * Asks the person for access to an address, unless it is granted already. Browsers allow this only in a click handler, so
 * nothing may be awaited before it. In Firefox, a person can revoke even access to the local machine.
 */
async function refusal(typed: string) {
  const origin = readAddress(typed);
  // the worker refuses it with a reason
  if (origin === undefined) return undefined;
  if (await requestAccess(origin)) return undefined;
  const detail = t('refused.no-permission', { host: new URL(origin).hostname });
  return { ok: false, problem: { type: 'no-permission', detail } } as const;
}
