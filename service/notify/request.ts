/** Converts a notification to the HTTP request for its target. Pure. */
import { createHmac } from 'node:crypto';
import type { Notice, NoticeType } from './notice.ts';
import type { NotifyTarget } from './notify-config.ts';
import { secretKey } from './notify-config.ts';

/** A request that is ready to send. */
export interface OutgoingRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * @param id id of the notification, the same in every attempt.
 * @param nowMs milliseconds since the epoch; receivers refuse old signatures.
 */
export function toRequest(
  target: NotifyTarget,
  notice: Notice,
  id: string,
  nowMs: number,
): OutgoingRequest {
  switch (target.type) {
    case 'webhook':
      return webhookRequest(target, notice, id, nowMs);
    case 'ntfy':
      return ntfyRequest(target, notice);
    case 'slack':
      return slackRequest(target, notice);
  }
}

type TargetOf<T extends NotifyTarget['type']> = Extract<NotifyTarget, { type: T }>;

/** Signed after https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md. */
function webhookRequest(
  { url, secret }: TargetOf<'webhook'>,
  { type, time, ...data }: Notice,
  id: string,
  nowMs: number,
): OutgoingRequest {
  const body = JSON.stringify({ type, timestamp: time, data });
  const timestamp = String(Math.floor(nowMs / 1_000));
  return {
    url,
    headers: {
      'Content-Type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': sign(secret, id, timestamp, body),
    },
    body,
  };
}

/** The value of `webhook-signature`. @param timestamp seconds since the epoch. */
export function sign(secret: string, id: string, timestamp: string, body: string): string {
  const signature = createHmac('sha256', secretKey(secret) ?? '')
    .update(`${id}.${timestamp}.${body}`)
    .digest('base64');
  return `v1,${signature}`;
}

/** https://docs.ntfy.sh/publish: a tag that is the name of an emoji is shown as that emoji. */
const NTFY: Readonly<Record<NoticeType, { readonly priority: string; readonly tags: string }>> = {
  'run.failed': { priority: '4', tags: 'x' },
  'agent.offline': { priority: '4', tags: 'electric_plug' },
  'approval.requested': { priority: '4', tags: 'raised_hand' },
  'budget.exceeded': { priority: '4', tags: 'money_with_wings' },
  'run.succeeded': { priority: '3', tags: 'white_check_mark' },
};

function ntfyRequest(
  { url, token }: TargetOf<'ntfy'>,
  { type, title, message, link }: Notice,
): OutgoingRequest {
  const { priority, tags } = NTFY[type];
  return {
    url,
    headers: {
      'Content-Type': 'text/plain; charset=utf-8',
      'Title': headerText(title),
      'Priority': priority,
      'Tags': tags,
      ...(link !== undefined && { Click: link }),
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
    },
    body: message,
  };
}

/** The base64 of this many bytes gives an encoded word of at most 75 characters. */
const ENCODED_WORD_BYTES = 45;

/** Text for a header: plain ASCII unchanged, anything else as encoded words (RFC 2047). */
export function headerText(text: string): string {
  // text that looks like an encoded word is encoded, too
  if (/^[\x20-\x7e]*$/.test(text) && !text.includes('=?')) return text;
  const words: string[] = [];
  let word = '';
  for (const character of text) {
    if (Buffer.byteLength(word + character) > ENCODED_WORD_BYTES) {
      words.push(word);
      word = '';
    }
    word += character;
  }
  words.push(word);
  return words.map((part) => `=?UTF-8?B?${Buffer.from(part).toString('base64')}?=`).join(' ');
}

const SLACK_HEADER_CHARS = 150;

/** https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks; `text` is for clients without blocks. */
function slackRequest(
  { url }: TargetOf<'slack'>,
  { title, message, agent, link }: Notice,
): OutgoingRequest {
  const place = agent.host === undefined ? agent.id : `${agent.id} on ${agent.host}`;
  const context = slackText(place) + (link === undefined ? '' : ` · <${slackText(link)}|Open>`);
  const body = {
    text: `${slackText(title)}: ${slackText(message)}`,
    blocks: [
      {
        type: 'header',
        text: { type: 'plain_text', text: slackText(title).slice(0, SLACK_HEADER_CHARS) },
      },
      { type: 'section', text: { type: 'mrkdwn', text: slackText(message), verbatim: true } },
      { type: 'context', elements: [{ type: 'mrkdwn', text: context, verbatim: true }] },
    ],
  };
  return { url, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
}

/** Escapes text from agents, so that it can't contain links or mention everybody with `<!here>` or `@here`. */
function slackText(text: string): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return escaped.replaceAll(/@(?=channel|here|everyone|all\b)/gi, '@\u200b');
}
