/**
 * The key of an event that replaces earlier events with the same key, so that only the newest has to be stored.
 *
 * @returns undefined for events that replace nothing.
 */
export function latestWinsKey(event: {
  readonly type: string;
  readonly run?: string | undefined;
  readonly data: object;
}): string | undefined {
  const { type, run, data } = event;
  if (run === undefined) return undefined;
  switch (type) {
    case 'run.progress':
    case 'usage.reported':
      return `${type} ${run}`;
    case 'step.progress':
      return 'step' in data ? `${type} ${run} ${String(data.step)}` : undefined;
    default:
      return undefined;
  }
}
