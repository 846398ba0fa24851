/**
 * Events of which only the newest says anything, so that older ones need not be stored.
 *
 * Two events with the same key supersede each other.
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
