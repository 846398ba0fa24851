/** The connected services, and forms to add another one. */
import { useSignal } from '@preact/signals';
import { t } from '../../i18n/options.ts';
import { ConnectionBar } from '../parts/connection-bar.tsx';
import form from '../form/form.module.css';
import type { Model, Paired } from '../model.ts';
import { hostOf } from '../model.ts';
import { PairingForm } from '../form/pairing-form.tsx';
import css from './services.module.css';

export function ServicesSection({ model }: { model: Model }) {
  const pairAt = useSignal<string | undefined>(undefined);
  const paired = model.paired.value;
  return (
    <div class={css['services']}>
      {paired.length === 0 && <p class={css['secondary']}>{t('services.none')}</p>}
      <ul class={css['list']}>
        {paired.map((one) => (
          <ServiceItem
            key={one.service.id}
            model={model}
            paired={one}
            onPair={() => {
              pairAt.value = one.service.url;
            }}
          />
        ))}
      </ul>
      <div class={css['card']}>
        <PairingForm
          key={pairAt.value}
          model={model}
          address={pairAt.value}
          title={t('services.add')}
        />
      </div>
      <details class={css['card']}>
        <summary>{t('token')}</summary>
        <TokenForm model={model} />
      </details>
    </div>
  );
}

interface ServiceItemProps {
  readonly model: Model;
  readonly paired: Paired;
  readonly onPair: () => void;
}

function ServiceItem({ model, paired, onPair }: ServiceItemProps) {
  const isAsking = useSignal(false);
  const { service } = paired;
  const host = hostOf(service);
  return (
    <li class={css['card']}>
      <div class={css['service']}>
        <span>
          <b dir="ltr">{service.url}</b>
          <span class={css['secondary']}>
            {' '}
            {t.rich('services.as', { user: <bdi>{service.user}</bdi> })}
          </span>
        </span>
        {isAsking.value ? (
          <span class={form['buttons']}>
            <button
              type="button"
              class={form['primary']}
              onClick={() => void model.actions.forget(service.id)}
            >
              {t('services.forget-confirm')}
            </button>
            <button
              type="button"
              class={form['secondary']}
              onClick={() => {
                isAsking.value = false;
              }}
            >
              {t('services.keep')}
            </button>
          </span>
        ) : (
          <button
            type="button"
            class={form['secondary']}
            aria-label={t('services.forget-name', { host })}
            onClick={() => {
              isAsking.value = true;
            }}
          >
            {t('services.forget')}
          </button>
        )}
      </div>
      <ConnectionBar model={model} paired={paired} onPair={onPair} />
    </li>
  );
}

interface Result {
  readonly text: string;
  readonly isError: boolean;
}

/** Connects with a token instead of a code. */
function TokenForm({ model }: { model: Model }) {
  const url = useSignal('http://127.0.0.1:4747');
  const token = useSignal('');
  const isBusy = useSignal(false);
  const result = useSignal<Result>({ text: '', isError: false });
  const attempt = async (ask: () => Promise<Result>) => {
    isBusy.value = true;
    result.value = { text: '', isError: false };
    result.value = await ask();
    isBusy.value = false;
  };
  const test = async (): Promise<Result> => {
    const answer = await model.actions.test(url.value, token.value);
    if (!answer.ok) return { text: answer.problem.detail, isError: true };
    const { version, user } = answer;
    return { text: t('token.works', { version, user }), isError: false };
  };
  const save = async (): Promise<Result> => {
    const answer = await model.actions.connect(url.value, token.value);
    if (!answer.ok) return { text: answer.problem.detail, isError: true };
    token.value = '';
    return { text: t('token.saved'), isError: false };
  };
  return (
    <form
      class={css['form']}
      onSubmit={(event) => {
        event.preventDefault();
        void attempt(save);
      }}
    >
      <p class={css['secondary']}>
        {t.rich('token.how', {
          command: <code dir="ltr">agentlight token create --scope read,operate</code>,
        })}
      </p>
      <label class={form['field']}>
        {t('token.address')}
        <input
          class={form['input']}
          required
          inputMode="url"
          dir="ltr"
          spellcheck={false}
          value={url.value}
          onInput={({ currentTarget }) => {
            url.value = currentTarget.value;
          }}
        />
      </label>
      <label class={form['field']}>
        {t('token.token')}
        <input
          class={form['input']}
          type="password"
          dir="ltr"
          required
          autocomplete="off"
          value={token.value}
          onInput={({ currentTarget }) => {
            token.value = currentTarget.value;
          }}
        />
      </label>
      <p role="status" class={result.value.isError ? form['error'] : ''}>
        {result.value.text}
      </p>
      <div class={form['buttons']}>
        <button type="submit" class={form['primary']} disabled={isBusy.value}>
          {t('token.save')}
        </button>
        <button
          type="button"
          class={form['secondary']}
          disabled={isBusy.value || token.value === ''}
          onClick={() => void attempt(test)}
        >
          {t('token.test')}
        </button>
      </div>
    </form>
  );
}
