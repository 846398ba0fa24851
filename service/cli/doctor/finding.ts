/** The result of one check of `agentlight doctor`. */
export interface Finding {
  /** Name of the check, such as `stream`; stable across versions. */
  readonly check: string;
  /** `warning`: it works partly, or that is unknown. */
  readonly status: 'ok' | 'warning' | 'wrong';
  readonly says: string;
  /** How to fix it. */
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
