/** Words that worker and pages share. */
import { common } from './en/common.ts';
import { translator } from './translate.ts';

export const t = translator(common);
