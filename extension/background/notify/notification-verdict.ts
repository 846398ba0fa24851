/** Decides whether a notification is shown now, later or never. Pure. */
import { quietHoursEndMs } from '../../shared/quiet.ts';
import type { NotificationRule, Settings } from '../../shared/settings.ts';
import { mutedKey } from '../../shared/settings.ts';
import type { NoticeSubject } from '../../shared/view.ts';

/** `hold`: later, as part of the summary when notifications resume. `drop`: never. */
export type NotificationVerdict = 'show' | 'hold' | 'drop';

/** Everything that the verdict depends on besides the notification itself. */
export interface NotificationPreferences {
  readonly settings: Settings;
  /** Epoch milliseconds; 0 when nothing is paused. */
  readonly snoozedUntilMs: number;
}

/** Nobody watches their own run for longer than this, so its end is worth a notification. */
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
    return (
      rules.find((rule) => rule[kind] !== undefined)?.[kind] ?? settings[DEFAULT_SETTING[kind]]
    );
  }
  const finished = rules.find((rule) => rule.finished)?.finished ?? settings.notifyFinished;
  return finished === 'all' || (finished === 'mine' && isMine && tookMs >= LONG_MS);
}

const DEFAULT_SETTING = {
  failed: 'notifyFailed',
  offline: 'notifyOffline',
  question: 'notifyQuestion',
  budget: 'notifyBudget',
} as const;

/** Rules for the agent itself first, then those for its tags. */
function rulesFor(
  { agent, tags = [] }: NoticeSubject,
  rules: readonly NotificationRule[],
): readonly NotificationRule[] {
  return [
    ...rules.filter(({ match, name }) => match === 'agent' && name === agent),
    ...rules.filter(({ match, name }) => match === 'tag' && tags.includes(name)),
  ];
}
