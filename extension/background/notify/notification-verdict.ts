/** Whether a person wants to be told of something: now, later or never. Pure. */
import { quietHoursEndMs } from '../../shared/quiet.ts';
import type { NotificationRule, Settings } from '../../shared/settings.ts';
import { mutedKey } from '../../shared/settings.ts';
import type { NoticeSubject } from '../../shared/view.ts';

/** `hold`: not now, but in the summary of what happened meanwhile. `drop`: never. */
export type NotificationVerdict = 'show' | 'hold' | 'drop';

/** What counts for whether notifications are shown. */
export interface NotificationPreferences {
  readonly settings: Settings;
  /** Epoch milliseconds; 0 when nothing is paused. */
  readonly snoozedUntilMs: number;
}

/** A run of one's own that took this long was not waited for. */
const LONG_MS = 60_000;

export function notificationVerdict(
  service: string,
  occasion: NoticeSubject,
  { settings, snoozedUntilMs }: NotificationPreferences,
  nowMs: number,
): NotificationVerdict {
  const { kind, agent } = occasion;
  if (settings.muted.includes(mutedKey(service, agent))) return 'drop';
  if (!isWanted(occasion, settings)) return 'drop';
  if (snoozedUntilMs > nowMs) return 'hold';
  if (kind === 'question' && settings.quietLetsQuestionsThrough) return 'show';
  return quietHoursEndMs(settings, nowMs) === undefined ? 'show' : 'hold';
}

function isWanted(occasion: NoticeSubject, settings: Settings): boolean {
  const { kind, isMine = false, tookMs = 0 } = occasion;
  const rules = rulesFor(occasion, settings.rules);
  if (kind !== 'finished') {
    return rules.find((rule) => rule[kind] !== undefined)?.[kind] ?? settings[USUALLY[kind]];
  }
  const finished = rules.find((rule) => rule.finished)?.finished ?? settings.notifyFinished;
  return finished === 'all' || (finished === 'mine' && isMine && tookMs >= LONG_MS);
}

const USUALLY = {
  failed: 'notifyFailed',
  offline: 'notifyOffline',
  question: 'notifyQuestion',
  budget: 'notifyBudget',
} as const;

/** Those of the agent itself first. */
function rulesFor(
  { agent, tags = [] }: NoticeSubject,
  rules: readonly NotificationRule[],
): readonly NotificationRule[] {
  return [
    ...rules.filter(({ match, name }) => match === 'agent' && name === agent),
    ...rules.filter(({ match, name }) => match === 'tag' && tags.includes(name)),
  ];
}
