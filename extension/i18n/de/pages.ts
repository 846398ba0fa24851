/** German texts of all pages, loaded only by pages that are shown in German. */
import { common } from './common.ts';
import { list } from './list.ts';
import { options } from './options.ts';
import { run } from './run.ts';

export const texts = { ...common, ...list, ...run, ...options };
