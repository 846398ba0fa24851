/** A dialog for the prompt and the parameters of a run. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../../i18n/list.ts';
import type { Agent } from '../../../protocol/fleet/fleet.ts';
import type { RunBody } from '../../shared/messages.ts';
import form from './form.module.css';
import type { ParameterField } from './parameter-fields.ts';
import { fieldsOf, InvalidJsonError, readParameters } from './parameter-fields.ts';
import css from './run-form.module.css';

const PROMPT_CHARS = 20_000;

interface RunFormProps {
  readonly agent: Agent;
  readonly onRun: (body: RunBody) => void;
  readonly onClose: () => void;
}

export function RunForm({ agent, onRun, onClose }: RunFormProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const error = useSignal('');
  useEffect(() => dialog.current?.showModal(), []);
  const fields = fieldsOf(agent.parameters);
  const takesPrompt = agent.capabilities.includes('prompt');
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget as HTMLFormElement);
    const filled = Object.fromEntries(
      fields.map(({ name }) => [name, asText(data.get(`param:${name}`))]),
    );
    try {
      const params = readParameters(fields, filled);
      const prompt = asText(data.get('prompt')).trim();
      onRun({
        ...(Object.keys(params).length > 0 && { params }),
        ...(prompt !== '' && { prompt }),
      });
      onClose();
    } catch (problem) {
      if (!(problem instanceof InvalidJsonError)) throw problem;
      error.value = t('form.invalid-json', { field: problem.field.label });
    }
  };
  return (
    <dialog ref={dialog} class={css['dialog']} aria-labelledby="run-form-title" onClose={onClose}>
      <form class={css['form']} onSubmit={submit}>
        <h2 id="run-form-title">{t.rich('form.title', { name: <bdi>{agent.name}</bdi> })}</h2>
        {takesPrompt && (
          <label class={form['field']}>
            {t('form.prompt')}
            <textarea name="prompt" class={form['input']} rows={4} maxLength={PROMPT_CHARS} />
          </label>
        )}
        {fields.map((field) => (
          <Field key={field.name} field={field} />
        ))}
        <p class={form['error']} role="alert">
          {error.value}
        </p>
        <div class={form['buttons']}>
          <button type="submit" class={form['primary']}>
            {t('action.run')}
          </button>
          <button type="button" class={form['secondary']} onClick={() => dialog.current?.close()}>
            {t('cancel')}
          </button>
        </div>
      </form>
    </dialog>
  );
}

function asText(value: FormDataEntryValue | null): string {
  return typeof value === 'string' ? value : '';
}

function Field({ field }: { field: ParameterField }) {
  const { label, hint, isRequired, kind } = field;
  return (
    <label class={form['field']}>
      <span>
        <bdi>{label}</bdi>
        {isRequired && kind !== 'flag' && <span aria-hidden="true"> *</span>}
      </span>
      <Input field={field} />
      {hint !== undefined && <small class={css['hint']}>{hint}</small>}
    </label>
  );
}

function Input({ field }: { field: ParameterField }) {
  const { name, kind, options, isRequired, min, max, initial } = field;
  const shared = { name: `param:${name}`, class: form['input'], required: isRequired };
  switch (kind) {
    case 'choice':
      return (
        <select {...shared} defaultValue={initial}>
          {!isRequired && <option value="">–</option>}
          {options.map((option) => (
            <option key={option} value={option}>
              {option}
            </option>
          ))}
        </select>
      );
    case 'flag':
      return (
        <select {...shared} defaultValue={initial}>
          {!isRequired && <option value="">–</option>}
          <option value="true">{t('form.yes')}</option>
          <option value="false">{t('form.no')}</option>
        </select>
      );
    case 'number':
    case 'integer':
      return (
        <input
          {...shared}
          type="number"
          step={kind === 'integer' ? 1 : 'any'}
          {...(min !== undefined && { min })}
          {...(max !== undefined && { max })}
          defaultValue={initial}
        />
      );
    case 'json':
      return <textarea {...shared} rows={3} spellcheck={false} defaultValue={initial} />;
    case 'text':
      return <input {...shared} type="text" defaultValue={initial} />;
  }
}
