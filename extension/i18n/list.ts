/** Texts of the popup, and of what other pages share with it. */
import { common } from './en/common.ts';
import { list } from './en/list.ts';
import { translator } from './translate.ts';

export const t = translator({ ...common, ...list });
