/** German of the worker. It can't load anything later, so it has it always. */
import { common } from './common.ts';
import { worker } from './worker.ts';

export const texts = { ...common, ...worker };
