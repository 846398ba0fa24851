/** Texts of the run page. */
import { common } from './en/common.ts';
import { list } from './en/list.ts';
import { run } from './en/run.ts';
import { translator } from './translate.ts';

export const t = translator({ ...common, ...list, ...run });
