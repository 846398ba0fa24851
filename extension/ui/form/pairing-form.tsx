/** Pairs with a service by the code that its terminal shows. */
import { useSignal } from '@preact/signals';
import { t } from '../../i18n/list.ts';
import { Copyable } from '../parts/copyable.tsx';
import form from './form.module.css';
import type { Model } from '../model.ts';
import css from './pairing-form.module.css';

const DEFAULT_ADDRESS = 'http://127.0.0.1:4747';

interface PairingFormProps {
  readonly model: Model;
  readonly address?: string | undefined;
  /** Defaults to "Connect to your agents". */
  readonly title?: string;
  /** Called when paired, and on Cancel. Without it there is no Cancel button. */
  readonly onDone?: (() => void) | undefined;
}

export function PairingForm({
  model,
  address = DEFAULT_ADDRESS,
  title = t('pair.title'),
  onDone,
}: PairingFormProps) {
  const code = useSignal('');
  const url = useSignal(address);
  const isBusy = useSignal(false);
  const error = useSignal('');
  const submit = async () => {
    isBusy.value = true;
    error.value = '';
    const answer = await model.actions.pair(url.value, code.value);
    isBusy.value = false;
    if (answer.ok) onDone?.();
    else error.value = answer.problem.detail;
  };
  return (
    <form
      class={css['pairing']}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <h1>{title}</h1>
      <p>{t.rich('pair.how', { command: <code dir="ltr">npm start</code> })}</p>
      <Copyable text="npm run -s agentlight -- pair" />
      <label class={form['field']}>
        {t('pair.code')}
        <input
          class={`${form['input']} ${css['code']}`}
          name="code"
          required
          autofocus
          autocomplete="off"
          autocapitalize="characters"
          dir="ltr"
          spellcheck={false}
          placeholder="ABCD-EFGH"
          value={code.value}
          aria-describedby="pairing-error"
          onInput={({ currentTarget }) => {
            code.value = currentTarget.value;
          }}
        />
      </label>
      <label class={form['field']}>
        {t('pair.address')}
        <input
          class={form['input']}
          name="url"
          required
          inputMode="url"
          dir="ltr"
          autocomplete="off"
          spellcheck={false}
          value={url.value}
          onInput={({ currentTarget }) => {
            url.value = currentTarget.value;
          }}
        />
      </label>
      <p id="pairing-error" class={form['error']} role="alert">
        {error.value}
      </p>
      <div class={form['buttons']}>
        <button type="submit" class={form['primary']} disabled={isBusy.value}>
          {t(isBusy.value ? 'pair.connecting' : 'pair.connect')}
        </button>
        {onDone && (
          <button type="button" class={form['secondary']} onClick={onDone}>
            {t('cancel')}
          </button>
        )}
      </div>
    </form>
  );
}
