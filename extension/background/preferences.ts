/** What the person has chosen, as the worker knows it; the only writer of it. */
import { browser } from 'wxt/browser';
import type { QuietPeriod } from '../shared/quiet.ts';
import { quietPeriodAt } from '../shared/quiet.ts';
import type { Chosen, Settings } from '../shared/settings.ts';
import {
  choose,
  mutedKey,
  readPartial,
  SETTINGS_KEY,
  SNOOZED_KEY,
  withFolded,
  withMuted,
} from '../shared/settings.ts';
import type { NotificationPreferences } from './notify/notification-verdict.ts';

const SILENCE_ENDS = 'silence-ends';

export class Preferences {
  #stored: Partial<Settings> = {};
  #policy: unknown;
  #snoozedUntilMs = 0;
  #chosen: Chosen = choose(undefined, undefined);

  /** Reads what is stored. The managed part is read again, as an organisation may change it at any time. */
  async load(): Promise<void> {
    const stored = await browser.storage.local.get([SETTINGS_KEY, SNOOZED_KEY]);
    // Firefox has no such area where nothing is managed
    this.#policy = await browser.storage.managed.get(null).catch(() => undefined);
    this.#stored = readPartial(stored[SETTINGS_KEY]);
    const untilMs = stored[SNOOZED_KEY];
    this.#snoozedUntilMs = typeof untilMs === 'number' ? untilMs : 0;
    this.#choose();
  }

  current(): NotificationPreferences {
    return { settings: this.#chosen.settings, snoozedUntilMs: this.#snoozedUntilMs };
  }

  silence(nowMs: number): QuietPeriod | undefined {
    return quietPeriodAt(this.#chosen.settings, this.#snoozedUntilMs, nowMs);
  }

  /** Keeps what makes sense. What the organisation has set goes on to win. */
  async change(changes: unknown): Promise<void> {
    this.#stored = { ...this.#stored, ...readPartial(changes) };
    this.#choose();
    await browser.storage.local.set({ [SETTINGS_KEY]: this.#stored });
  }

  async mute(service: string, agent: string, isOn: boolean): Promise<void> {
    const { muted } = this.#chosen.settings;
    await this.change({ muted: withMuted(muted, mutedKey(service, agent), isOn) });
  }

  async fold(group: string, isOn: boolean): Promise<void> {
    await this.change({ folded: withFolded(this.#chosen.settings.folded, group, isOn) });
  }

  /** @param untilMs epoch milliseconds; what is past ends a pause. */
  async snooze(untilMs: number): Promise<void> {
    this.#snoozedUntilMs = untilMs;
    this.#wakeAtEnd();
    await browser.storage.local.set({ [SNOOZED_KEY]: untilMs });
  }

  #choose(): void {
    this.#chosen = choose(this.#stored, this.#policy);
    this.#wakeAtEnd();
  }

  /** The worker may be gone by then; the alarm begins another life. */
  #wakeAtEnd(): void {
    const silence = this.silence(Date.now());
    if (silence) void browser.alarms.create(SILENCE_ENDS, { when: silence.untilMs });
    else void browser.alarms.clear(SILENCE_ENDS);
  }
}
