/**
 * The state of the extension as text that is safe to share: no tokens, no names, no messages. In English, for the people
 * who help. Pure.
 */
import type { ConnectionState } from '../../../protocol/client/connection.ts';
import { openQuestions } from '../../../protocol/fleet/status.ts';
import { quietPeriodAt } from '../../shared/quiet.ts';
import type { Chosen } from '../../shared/settings.ts';
import { FIELDS, SETTING_KEYS } from '../../shared/settings.ts';
import type { Paired } from '../model.ts';
import type { BrowserFacts } from './browser-facts.ts';

export interface DiagnosticsInput {
  readonly facts: BrowserFacts;
  readonly paired: readonly Paired[];
  readonly chosen: Chosen;
  readonly snoozedUntilMs: number;
  readonly nowMs: number;
}

export function diagnosticsOf(input: DiagnosticsInput): string {
  const { facts, paired, chosen, snoozedUntilMs, nowMs } = input;
  const quietPeriod = quietPeriodAt(chosen.settings, snoozedUntilMs, nowMs);
  const permission = { true: 'allowed', false: 'denied', undefined: 'not known' };
  return [
    `Agentlight ${facts.version}`,
    `Time: ${iso(nowMs)}`,
    `Browser: ${facts.userAgent}`,
    `Notifications: ${permission[`${facts.mayNotify}`]}`,
    `Notifications held back: ${quietPeriod ? `${quietPeriod.reason} until ${iso(quietPeriod.untilMs)}` : 'no'}`,
    `Settings: ${settingsWords(chosen)}`,
    `Services: ${paired.length}`,
    ...paired.flatMap((one) => ['', ...serviceLines(one)]),
  ].join('\n');
}

/** Settings that differ from their default. Lists show only their length, as they contain names. */
function settingsWords({ settings, locked }: Chosen): string {
  const words = SETTING_KEYS.filter(
    (key) => JSON.stringify(settings[key]) !== JSON.stringify(FIELDS[key].initial),
  ).map((key) => {
    const value = settings[key];
    const shown = typeof value === 'object' ? `${value.length} entries` : String(value);
    return `${key}=${shown}${locked.has(key) ? ' (managed)' : ''}`;
  });
  return words.join(', ') || 'defaults';
}

function serviceLines({ service, view }: Paired): readonly string[] {
  const { fleet, cursor, connection, outbox, problems = [] } = view;
  const agents = Object.values(fleet.agents);
  const live = agents.filter(({ liveness }) => liveness === 'live').length;
  const questions = agents.reduce((sum, agent) => sum + openQuestions(fleet, agent).length, 0);
  const held = outbox.filter((notice) => notice.held !== undefined).length;
  return [
    `Service ${new URL(service.url).origin}`,
    `  Connection: ${connectionLine(connection)}`,
    `  Data as of: ${iso(view.asOfMs)}, service clock ${view.clockOffsetMs} ms ahead`,
    `  Cursor: ${cursor ?? 'none'}, folded to ${fleet.seq}, seen to ${view.seenSeq}`,
    `  Agents: ${agents.length}, ${live} live; runs kept: ${Object.keys(fleet.runs).length}; open questions: ${questions}`,
    `  Pending notifications: ${outbox.length}, held back: ${held}`,
    `  Last problems: ${problems.map(({ error, atMs }) => `${error} at ${iso(atMs)}`).join(', ') || 'none'}`,
  ];
}

function connectionLine(connection: ConnectionState): string {
  const { state, sinceMs } = connection;
  const error = 'error' in connection ? ` (${connection.error})` : '';
  const attempt = 'attempt' in connection ? `, failed attempts: ${connection.attempt}` : '';
  return `${state}${error} since ${iso(sinceMs)}${attempt}`;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
