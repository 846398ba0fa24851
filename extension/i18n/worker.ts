/** Texts of the background worker: toolbar, notifications, address bar. */
import { common } from './en/common.ts';
import { worker } from './en/worker.ts';
import { translator } from './translate.ts';

export const t = translator({ ...common, ...worker });
