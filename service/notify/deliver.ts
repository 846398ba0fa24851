/** Sends one request. Results never contain its URL or headers, which may be secret. */
import type { OutgoingRequest } from './request.ts';

/** Includes connecting, sending, and receiving the response headers. */
const TIMEOUT_MS = 10_000;

export type DeliveryResult =
  | { readonly outcome: 'delivered' }
  /** A retry may succeed, after at least `afterMs`. */
  | { readonly outcome: 'failed'; readonly reason: string; readonly afterMs: number }
  /** A retry would not succeed. */
  | { readonly outcome: 'refused'; readonly reason: string };

/** Never rejects. @param signal aborts the request. */
export async function deliver(
  { url, headers, body }: OutgoingRequest,
  signal: AbortSignal,
): Promise<DeliveryResult> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'User-Agent': 'agentlight', ...headers },
      body,
      // notifications go to the configured URL only
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    await response.body?.cancel();
    return toDeliveryResult(response.status, response.headers.get('retry-after'));
  } catch (error) {
    return { outcome: 'failed', reason: reasonOf(error), afterMs: 0 };
  }
}

/** @param retryAfter the header `Retry-After`; only seconds are supported. */
export function toDeliveryResult(status: number, retryAfter: string | null): DeliveryResult {
  if (status >= 200 && status < 300) return { outcome: 'delivered' };
  const reason = `status ${status}`;
  const isTemporary = status >= 500 || [408, 425, 429].includes(status);
  if (!isTemporary) return { outcome: 'refused', reason };
  const isSeconds = retryAfter !== null && /^\d{1,6}$/.test(retryAfter);
  return { outcome: 'failed', reason, afterMs: isSeconds ? Number(retryAfter) * 1_000 : 0 };
}

/** The code or name of the error; its message may contain the URL. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') {
    return cause.code;
  }
  return cause instanceof Error ? cause.name : 'unknown';
}
