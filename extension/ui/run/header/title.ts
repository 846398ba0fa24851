/** Titles of the run page. Pure. */
import { t } from '../../../i18n/run.ts';
import type { Status } from '../../../../protocol/fleet/status.ts';
import { plainText } from '../../../shared/plain-text.ts';
import { statusWords } from '../../parts/words.ts';

const NAME_CHARS = 60;

/** @param name name of the agent. */
export function runTitle(name: string, status: Status): string {
  return t('title.run', { name: plainText(name, NAME_CHARS), status: statusWords(status) });
}

export function historyTitle(name: string): string {
  return t('title.history', { name: plainText(name, NAME_CHARS) });
}
