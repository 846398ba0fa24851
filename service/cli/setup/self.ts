import { fileURLToPath } from 'node:url';
import type { Invocation } from '../../adapters/settings/own-command.ts';

/** This very program, for the hooks to run. */
export const SELF: Invocation = {
  node: process.execPath,
  main: fileURLToPath(new URL('../main.ts', import.meta.url)),
};
