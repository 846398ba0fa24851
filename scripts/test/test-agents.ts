/**
 * `npm run test:agents`: Agentlight with the real Claude Code and the real Codex, each driven by a scripted model on
 * this machine. No account is needed, and nothing leaves the machine.
 *
 * The two programs (some 600 MB) are installed into a folder that no other user of this machine can write to.
 */
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { ensureBrowser } from '../browser/browser.ts';
import { buildForChrome } from '../browser/extension-build.ts';

/** The versions with which the adapters were written. */
const PACKAGES = ['@anthropic-ai/claude-code@2.1.197', '@openai/codex@0.169.0'];

const folder = process.env['AGENTLIGHT_AGENTS_DIR'] ?? resolve('node_modules/.cache/agents');
await mkdir(folder, { recursive: true });
console.log(`Installing ${PACKAGES.join(' and ')} into ${folder} …`);
await execa('npm', ['install', '--prefix', folder, '--no-audit', '--no-fund', ...PACKAGES], {
  stdio: ['ignore', 'ignore', 'inherit'],
});
// where install scripts are off, the program itself is missing until this has run
await execa('node', ['install.cjs'], {
  cwd: join(folder, 'node_modules', '@anthropic-ai', 'claude-code'),
  reject: false,
});
await buildForChrome();
const env = {
  AGENTLIGHT_AGENTS_DIR: folder,
  AGENTLIGHT_CHROME: await ensureBrowser((line) => console.log(line)),
};
const args = ['run', '--project=agents', ...process.argv.slice(2)];
const { exitCode } = await execa('vitest', args, {
  preferLocal: true,
  stdio: 'inherit',
  reject: false,
  env,
});
process.exitCode = exitCode ?? 1;
