/** German texts of the worker, which always carries them: a service worker can't load modules later. */
import { common } from './common.ts';
import { worker } from './worker.ts';

export const texts = { ...common, ...worker };
