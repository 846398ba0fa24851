/** `agentlight setup codex`: hooks in hooks.json, a notifier in config.toml. */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { codexHooks } from '../../adapters/codex/hooks.ts';
import { addNotify, disablesHooks, removeNotify } from '../../adapters/codex/notify.ts';
import { addHooks, removeHooks } from '../../adapters/settings/hook-settings.ts';
import { warn } from '../print.ts';
import { changeSettings } from './change-settings.ts';
import { SELF } from './self.ts';
import { openSettingsFile } from './settings-file.ts';
import type { SetupFlags } from './setup.ts';

export async function setUpCodex(flags: SetupFlags): Promise<void> {
  const home = codexDir();
  const hooks = codexHooks(SELF, { approvals: flags.approvals, platform: process.platform });
  const config = join(home, 'config.toml');
  const done = await changeSettings(
    [
      {
        file: join(home, 'hooks.json'),
        change: (text) =>
          flags.remove ? removeHooks(text, 'codex') : addHooks(text, hooks, 'codex'),
      },
      {
        file: config,
        change: (text) => (flags.remove ? removeNotify(text) : addNotify(text, SELF)),
      },
    ],
    flags,
  );
  if (flags.remove || !done) return;
  process.stderr.write('Codex runs new hooks once you trust them: enter /hooks in Codex.\n');
  if (disablesHooks((await openSettingsFile(config)).text ?? '')) {
    warn(`hooks are turned off in ${config}, under [features]: Codex does not run these hooks.`);
  }
}

export function codexDir(): string {
  return resolve(process.env['CODEX_HOME'] || join(homedir(), '.codex'));
}
