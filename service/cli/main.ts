#!/usr/bin/env node
/** The `agentlight` command. */
import { enableCompileCache } from 'node:module';

// halves the time until a wrapped command starts; it only works for what is imported after it
enableCompileCache();
if (process.argv[2] === 'hook') {
  // called at every step of a coding agent: nothing more is loaded than it needs
  const { runHook } = await import('./hook/hook.ts');
  await runHook(process.argv.slice(3));
} else if (process.argv[2] === 'emit') {
  const { runEmit } = await import('./inside-run/emit.ts');
  await runEmit(process.argv.slice(3));
} else {
  const { main } = await import('./program.ts');
  await main(process.argv);
}
