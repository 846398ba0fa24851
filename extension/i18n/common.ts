/** Texts that the worker and the pages share. */
import { common } from './en/common.ts';
import { translator } from './translate.ts';

export const t = translator(common);
