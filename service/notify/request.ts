/** A notification as the request that its target takes. Pure. */
import { createHmac } from 'node:crypto';
import type { Notice, NoticeType } from './notice.ts';
import type { NotifyTarget } from './notify-config.ts';
import { secretKey } from './notify-config.ts';

export interface Outgoing {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * @param id of the notification, the same at every try.
 * @param nowMs epoch; receivers refuse what was signed too long ago.
 */
export function toRequest(
  target: NotifyTarget,
  notice: Notice,
  id: string,
  nowMs: number,
): Outgoing {
  switch (target.type) {
    case 'webhook':
      return webhookRequest(target, notice, id, nowMs);
    case 'ntfy':
      return ntfyRequest(target, notice);
    case 'slack':
      return slackRequest(target, notice);
  }
}

type Of<T extends NotifyTarget['type']> = Extract<NotifyTarget, { type: T }>;

/** Signed as https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md says. */
function webhookRequest(
  { url, secret }: Of<'webhook'>,
  { type, time, ...data }: Notice,
  id: string,
  nowMs: number,
): Outgoing {
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

/** @param timestamp seconds since the epoch. */
export function sign(secret: string, id: string, timestamp: string, body: string): string {
  const signature = createHmac('sha256', secretKey(secret) ?? '')
    .update(`${id}.${timestamp}.${body}`)
    .digest('base64');
  return `v1,${signature}`;
}

/** docs.ntfy.sh/publish: tags that are names of emojis are shown as such. */
const NTFY: Readonly<Record<NoticeType, { readonly priority: string; readonly tags: string }>> = {
  'run.failed': { priority: '4', tags: 'x' },
  'agent.offline': { priority: '4', tags: 'electric_plug' },
  'approval.requested': { priority: '4', tags: 'raised_hand' },
  'budget.exceeded': { priority: '4', tags: 'money_with_wings' },
  'run.succeeded': { priority: '3', tags: 'white_check_mark' },
};

function ntfyRequest({ url, token }: Of<'ntfy'>, { type, title, message, link }: Notice): Outgoing {
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

/** Base64 of so many bytes makes an encoded word of at most 75 characters. */
const ENCODED_WORD_BYTES = 45;

/** Text as a header takes it: ASCII as it is, else encoded words (RFC 2047). */
export function headerText(text: string): string {
  // what looks like an encoded word must not be read as one
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

/** docs.slack.dev/messaging/sending-messages-using-incoming-webhooks; `text` is for those that know no blocks. */
function slackRequest({ url }: Of<'slack'>, { title, message, agent, link }: Notice): Outgoing {
  const place = agent.host === undefined ? agent.id : `${agent.id} on ${agent.host}`;
  const more = slackText(place) + (link === undefined ? '' : ` · <${slackText(link)}|Open>`);
  const body = {
    text: `${slackText(title)}: ${slackText(message)}`,
    blocks: [
      {
        type: 'header',
        text: { type: 'plain_text', text: slackText(title).slice(0, SLACK_HEADER_CHARS) },
      },
      { type: 'section', text: { type: 'mrkdwn', text: slackText(message), verbatim: true } },
      { type: 'context', elements: [{ type: 'mrkdwn', text: more, verbatim: true }] },
    ],
  };
  return { url, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
}

/** Nothing that an agent says makes a link or calls everybody: not by `<!here>`, nor by `@here` elsewhere. */
function slackText(text: string): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return escaped.replaceAll(/@(?=channel|here|everyone|all\b)/gi, '@\u200b');
}
