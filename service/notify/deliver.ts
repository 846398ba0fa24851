/** Sends one request, and says what became of it. Nothing of its address or headers is in what is said. */
import type { Outgoing } from './request.ts';

/** For connecting, sending and the head of the answer. */
const TIMEOUT_MS = 10_000;

export type DeliveryResult =
  | { readonly outcome: 'delivered' }
  /** Trying again may help, not before `afterMs`. */
  | { readonly outcome: 'failed'; readonly reason: string; readonly afterMs: number }
  /** Trying again does not help. */
  | { readonly outcome: 'refused'; readonly reason: string };

/** Never rejects. @param signal gives it up. */
export async function deliver(
  { url, headers, body }: Outgoing,
  signal: AbortSignal,
): Promise<DeliveryResult> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'User-Agent': 'agentlight', ...headers },
      body,
      // to another place than the configured one nothing is sent
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    await response.body?.cancel();
    return judge(response.status, response.headers.get('retry-after'));
  } catch (error) {
    return { outcome: 'failed', reason: reasonOf(error), afterMs: 0 };
  }
}

export function judge(status: number, retryAfter: string | null): DeliveryResult {
  if (status >= 200 && status < 300) return { outcome: 'delivered' };
  const reason = `status ${status}`;
  const mayPass = status >= 500 || [408, 425, 429].includes(status);
  if (!mayPass) return { outcome: 'refused', reason };
  const isSeconds = retryAfter !== null && /^\d{1,6}$/.test(retryAfter);
  return { outcome: 'failed', reason, afterMs: isSeconds ? Number(retryAfter) * 1_000 : 0 };
}

/** Not the message, which may name the address. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') {
    return cause.code;
  }
  return cause instanceof Error ? cause.name : 'unknown';
}
