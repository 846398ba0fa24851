/** Notification exceptions for single agents, or for all agents with a tag. */
import { useSignal } from '@preact/signals';
import { t } from '../../i18n/options.ts';
import type { Finished, NotificationRule } from '../../shared/settings.ts';
import { SWITCHES } from '../../shared/settings.ts';
import form from '../form/form.module.css';
import type { Model } from '../model.ts';
import { save } from './saved.tsx';
import { Words } from './setting-row.tsx';
import css from './settings.module.css';

/** The choices for finished runs. */
export function finishedWords(): Record<Finished, string> {
  return { off: t('finished.off'), mine: t('finished.mine'), all: t('finished.all') };
}

export function RuleList({ model }: { model: Model }) {
  const { settings, locked } = model.chosen.value;
  const { rules } = settings;
  const isLocked = locked.has('rules');
  const put = (index: number, ...changed: readonly NotificationRule[]) =>
    void save(model, { rules: rules.toSpliced(index, 1, ...changed) });
  return (
    <div class={css['card']}>
      {isLocked && (
        <div class={css['row']}>
          <Words label={t('rules')} isLocked />
        </div>
      )}
      <ul>
        {rules.map((rule, index) => (
          <RuleItem
            key={`${rule.match} ${rule.name}`}
            rule={rule}
            isLocked={isLocked}
            onChange={(changed) => put(index, changed)}
            onRemove={() => put(index)}
          />
        ))}
      </ul>
      {!isLocked && (
        <NewRule
          model={model}
          onAdd={(rule) => {
            const isKnown = rules.some(
              ({ match, name }) => match === rule.match && name === rule.name,
            );
            if (!isKnown) void save(model, { rules: [...rules, rule] });
          }}
        />
      )}
    </div>
  );
}

interface RuleItemProps {
  readonly rule: NotificationRule;
  readonly isLocked: boolean;
  readonly onChange: (rule: NotificationRule) => void;
  readonly onRemove: () => void;
}

function RuleItem({ rule, isLocked, onChange, onRemove }: RuleItemProps) {
  const { match, name, finished } = rule;
  return (
    <li class={css['rule']} aria-label={t(`rules.${match}-name`, { name })}>
      <span class={css['ruleName']}>
        {t.rich(`rules.${match}-name`, {
          name: (
            <b>
              <bdi>{name}</bdi>
            </b>
          ),
        })}
      </span>
      <button
        type="button"
        class={css['quiet']}
        aria-label={t(`rules.remove-${match}`, { name })}
        disabled={isLocked}
        onClick={onRemove}
      >
        {t('rules.remove')}
      </button>
      <div class={css['ruleKinds']}>
        {SWITCHES.map((kind) => (
          <KindChoice
            key={kind}
            label={t(`notify.${kind}`)}
            value={rule[kind] === undefined ? '' : String(rule[kind])}
            choices={{ 'true': t('rules.notify'), 'false': t('rules.do-not-notify') }}
            isLocked={isLocked}
            onChange={(value) => onChange(withChoice(rule, kind, value && value === 'true'))}
          />
        ))}
        <KindChoice
          label={t('notify.finished')}
          value={finished ?? ''}
          choices={finishedWords()}
          isLocked={isLocked}
          onChange={(value) => onChange(withChoice(rule, 'finished', value))}
        />
      </div>
    </li>
  );
}

/** @param value the empty string for the default. */
function withChoice(
  rule: NotificationRule,
  kind: keyof NotificationRule,
  value: boolean | string,
): NotificationRule {
  const { [kind]: _before, ...others } = rule;
  return (value === '' ? others : { ...others, [kind]: value }) as NotificationRule;
}

interface KindChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly choices: Readonly<Record<string, string>>;
  readonly isLocked: boolean;
  readonly onChange: (value: string) => void;
}

function KindChoice({ label, value, choices, isLocked, onChange }: KindChoiceProps) {
  return (
    <label class={css['kindChoice']}>
      {label}
      <select
        class={css['select']}
        value={value}
        disabled={isLocked}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
      >
        <option value="">{t('rules.default')}</option>
        {Object.entries(choices).map(([one, text]) => (
          <option key={one} value={one}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Suggests known agents and tags; other names can be typed, too. */
function NewRule({ model, onAdd }: { model: Model; onAdd: (rule: NotificationRule) => void }) {
  const match = useSignal<NotificationRule['match']>('agent');
  const name = useSignal('');
  const agents = model.paired.value.flatMap(({ view }) => Object.values(view.fleet.agents));
  const known =
    match.value === 'agent' ? agents.map(({ id }) => id) : agents.flatMap(({ tags = [] }) => tags);
  return (
    <form
      class={css['newRule']}
      onSubmit={(event) => {
        event.preventDefault();
        onAdd({ match: match.value, name: name.value.trim() });
        name.value = '';
      }}
    >
      <select
        class={css['select']}
        aria-label={t('rules.for')}
        value={match.value}
        onChange={({ currentTarget }) => {
          match.value = currentTarget.value as NotificationRule['match'];
        }}
      >
        <option value="agent">{t('rules.agent')}</option>
        <option value="tag">{t('rules.tag')}</option>
      </select>
      <input
        class={form['input']}
        aria-label={t(match.value === 'agent' ? 'rules.agent-id' : 'rules.tag')}
        placeholder={t(`rules.${match.value}-example`)}
        list="known-names"
        required
        pattern=".*\S.*"
        maxLength={120}
        spellcheck={false}
        value={name.value}
        onInput={({ currentTarget }) => {
          name.value = currentTarget.value;
        }}
      />
      <datalist id="known-names">
        {[...new Set(known)].map((one) => (
          <option key={one} value={one}>
            {one}
          </option>
        ))}
      </datalist>
      <button type="submit" class={form['secondary']}>
        {t('rules.add')}
      </button>
    </form>
  );
}
