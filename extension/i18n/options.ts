/** Texts of the options page. */
import { common } from './en/common.ts';
import { list } from './en/list.ts';
import { options } from './en/options.ts';
import { translator } from './translate.ts';

export const t = translator({ ...common, ...list, ...options });
