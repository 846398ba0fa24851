/** What one check of `agentlight doctor` has found. */
export interface Finding {
  /** Such as `stream`; the same in every version. */
  readonly check: string;
  /** `warning`: it works, but not all of it, or not for sure. */
  readonly status: 'ok' | 'warning' | 'wrong';
  readonly says: string;
  /** What to do about it. */
  readonly todo?: string;
}

export function ok(check: string, says: string): Finding {
  return { check, status: 'ok', says };
}

export function warning(check: string, says: string, todo: string): Finding {
  return { check, status: 'warning', says, todo };
}

export function wrong(check: string, says: string, todo: string): Finding {
  return { check, status: 'wrong', says, todo };
}
