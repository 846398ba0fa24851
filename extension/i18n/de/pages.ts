/** German of all pages; loaded where it is spoken. */
import { common } from './common.ts';
import { list } from './list.ts';
import { options } from './options.ts';
import { run } from './run.ts';

export const texts = { ...common, ...list, ...run, ...options };
