/** The state of the connection to a service, with a button for what the person can do about it. */
import { t } from '../../i18n/list.ts';
import css from './connection-bar.module.css';
import { Glyph } from './glyph.tsx';
import type { Model, Paired } from '../model.ts';
import { hostOf } from '../model.ts';
import { ago } from './times.ts';
import {
  connectionWords,
  isTrying,
  needsAccess,
  needsPairing,
  connectionErrorWords,
} from './words.ts';

interface ConnectionBarProps {
  readonly model: Model;
  readonly paired: Paired;
  readonly onPair: () => void;
}

export function ConnectionBar({ model, paired, onPair }: ConnectionBarProps) {
  const { service, view } = paired;
  const { connection } = view;
  const nowMs = model.nowMs.value;
  const host = hostOf(service);
  const isLive = connection.state === 'live';
  const error = 'error' in connection ? connectionErrorWords(connection.error, host) : undefined;
  const asOf =
    isLive || view.cursor === undefined
      ? undefined
      : t('connection.as-of', { time: ago(view.asOfMs, nowMs) });
  return (
    <div class={css['bar']}>
      <Glyph name={isLive ? 'live' : 'disconnected'} />
      <span class={css['words']}>
        {error !== undefined && <span>{error} </span>}
        <span class={css['state']}>
          {connectionWords(connection, nowMs)}
          {isLive && (
            <>
              {' · '}
              <bdi>{host}</bdi>
            </>
          )}
          {asOf !== undefined && ` · ${asOf}`}
        </span>
      </span>
      {isTrying(connection) && (
        <button type="button" class={css['button']} onClick={() => model.actions.retry()}>
          {t('connection.retry')}
        </button>
      )}
      {needsAccess(connection) && (
        <button
          type="button"
          class={css['button']}
          onClick={() => model.actions.allow(service.url)}
        >
          {t('connection.allow')}
        </button>
      )}
      {needsPairing(connection) && (
        <button type="button" class={css['button']} onClick={onPair}>
          {t('connection.pair')}
        </button>
      )}
    </div>
  );
}
