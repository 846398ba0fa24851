/** The messages, thoughts and tool calls of a run, in order. */
import type { ComponentChildren } from 'preact';
import { t } from '../../../i18n/run.ts';
import type { RunDetail } from '../../../run/detail.ts';
import type { ConversationItem, ToolUse } from '../../../run/items.ts';
import { isConversationItem } from '../../../run/items.ts';
import { lastLine, plainText } from '../../../shared/plain-text.ts';
import { Glyph } from '../../parts/glyph.tsx';
import { exactTime, moment, took } from '../../parts/times.ts';
import { Clamped } from './clamped.tsx';
import { Empty } from '../empty.tsx';
import { STEP_GLYPHS, stepWords } from '../timeline/item-words.ts';
import { Recent } from '../history/recent.tsx';
import hidden from '../../parts/visually-hidden.module.css';
import css from './conversation.module.css';

const SUMMARY_CHARS = 140;

interface ConversationProps {
  readonly detail: RunDetail;
  /** Epoch milliseconds by the service's clock. */
  readonly nowMs: number;
}

export function Conversation({ detail, nowMs }: ConversationProps) {
  const items = [...detail.items.values()].filter(isConversationItem);
  if (items.length === 0) return <Empty>{t('empty.messages')}</Empty>;
  return (
    <Recent all={items} dropped={detail.droppedItems}>
      {(shown) => (
        <ul class={css['conversation']} aria-label={t('messages')}>
          {shown.map((item) => (
            <li key={item.seq} class={css[item.kind === 'message' ? item.message.role : item.kind]}>
              <Item item={item} nowMs={nowMs} />
            </li>
          ))}
        </ul>
      )}
    </Recent>
  );
}

function Item({ item, nowMs }: { item: ConversationItem; nowMs: number }) {
  const atMs = Date.parse(item.time);
  const time = (
    <time class={css['time']} dateTime={item.time} title={exactTime(atMs)}>
      {moment(atMs, nowMs)}
    </time>
  );
  switch (item.kind) {
    case 'message':
      return (
        <>
          <h3 class={css['head']}>
            {t(`messages.${item.message.role}`)}
            {time}
          </h3>
          <Clamped text={item.message.text} />
        </>
      );
    case 'thinking':
      return (
        <details>
          <summary class={css['head']}>
            <span>{t('messages.thinking')}</span>
            <bdi class={css['summary']}>{plainText(item.text, SUMMARY_CHARS)}</bdi>
            {time}
          </summary>
          <Clamped text={item.text} />
        </details>
      );
    case 'tool':
      return <Tool item={item} time={time} nowMs={nowMs} />;
  }
}

interface ToolProps {
  readonly item: ToolUse;
  readonly time: ComponentChildren;
  readonly nowMs: number;
}

function Tool({ item, time, nowMs }: ToolProps) {
  const { name, input = '', state, result = '', endedAt } = item;
  const lastedMs = (endedAt === undefined ? nowMs : Date.parse(endedAt)) - Date.parse(item.time);
  return (
    <details>
      <summary class={css['head']}>
        <Glyph name={STEP_GLYPHS[state]} />
        <span>{name}</span>
        <bdi class={css['summary']}>{plainText(input, SUMMARY_CHARS)}</bdi>
        <span class={css['time']}>{took(lastedMs)}</span>
        {time}
      </summary>
      <Part title={t('messages.input')} text={input} />
      <Part title={t(state === 'failed' ? 'messages.error' : 'messages.result')} text={result} />
      {input === '' && result === '' && <p class={css['time']}>{t('messages.no-details')}</p>}
      <span class={hidden['visually-hidden']}>
        {result === ''
          ? stepWords(state)
          : t('messages.ended', { state: stepWords(state), result: lastLine(result) })}
      </span>
    </details>
  );
}

function Part({ title, text }: { title: string; text: string }) {
  if (text === '') return null;
  return (
    <div class={css['part']}>
      <h4>{title}</h4>
      <Clamped text={text} isCode />
    </div>
  );
}
