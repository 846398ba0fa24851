#!/usr/bin/env -S node --disable-sigusr1
/** The `agentlight` command. */
import { enableCompileCache } from 'node:module';

// halves the time until a wrapped command starts; it only affects later imports
enableCompileCache();
if (process.argv[2] === 'hook') {
  // a coding agent calls it at every step, so load only what it needs
  const { runHook } = await import('./hook/hook.ts');
  await runHook(process.argv.slice(3));
} else if (process.argv[2] === 'emit') {
  const { runEmit } = await import('./inside-run/emit.ts');
  await runEmit(process.argv.slice(3));
} else {
  const { main } = await import('./program.ts');
  await main(process.argv);
}
