/** The approvals and questions of a run: full details, and who answered what, when and where. */
import { t } from '../../../i18n/run.ts';
import type { RunDetail } from '../../../run/detail.ts';
import type { ApprovalItem, Item } from '../../../run/items.ts';
import { visibleText } from '../../../shared/plain-text.ts';
import { Glyph } from '../../parts/glyph.tsx';
import { exactTime, moment } from '../../parts/times.ts';
import css from './approvals.module.css';
import { Clamped } from './clamped.tsx';
import { Empty } from '../empty.tsx';
import { approvalGlyph, approvalWords } from '../timeline/item-words.ts';

interface ApprovalsProps {
  readonly detail: RunDetail;
  /** Epoch milliseconds by the service's clock. */
  readonly nowMs: number;
}

export function Approvals({ detail, nowMs }: ApprovalsProps) {
  const asked = approvalsOf(detail.items.values());
  if (asked.length === 0) return <Empty>{t('empty.approvals')}</Empty>;
  return (
    <ul class={css['approvals']} aria-label={t('tab.approvals')}>
      {asked.map((item) => (
        <Asked key={item.seq} item={item} nowMs={nowMs} />
      ))}
    </ul>
  );
}

export function approvalsOf(items: Iterable<Item>): readonly ApprovalItem[] {
  return [...items].filter((item) => item.kind === 'approval');
}

function Asked({ item, nowMs }: { item: ApprovalItem; nowMs: number }) {
  const { asked, outcome, time } = item;
  const { title, note } = approvalWords(item);
  const details = visibleText(asked?.details ?? '');
  return (
    <li class={css['asked']}>
      <Glyph name={approvalGlyph(item)} />
      <div>
        <p class={css['head']}>
          <bdi>{title}</bdi>
          <Moment at={time} nowMs={nowMs} />
        </p>
        {details !== '' && (
          <div class={css['details']}>
            <Clamped text={details} isCode />
          </div>
        )}
        <p class={css['outcome']}>
          <bdi>{note}</bdi>
          {outcome && <Moment at={outcome.at} nowMs={nowMs} />}
        </p>
      </div>
    </li>
  );
}

function Moment({ at, nowMs }: { at: string; nowMs: number }) {
  const atMs = Date.parse(at);
  return (
    <time class={css['time']} dateTime={at} title={exactTime(atMs)}>
      {moment(atMs, nowMs)}
    </time>
  );
}
