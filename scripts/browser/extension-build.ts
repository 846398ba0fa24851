/** The extension as Chrome loads it, built when its sources are newer. */
import { glob, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { execa } from 'execa';

export const CHROME_BUILD = resolve('dist/chrome-mv3');
export const FIREFOX_BUILD = resolve('dist/firefox-mv3');

const SOURCES = ['extension/**', 'protocol/**', 'wxt.config.ts', 'package-lock.json'];

/** @throws Error with what the build printed. */
export async function buildForChrome(): Promise<void> {
  const builtMs = await changedMs(`${CHROME_BUILD}/manifest.json`);
  for await (const source of glob(SOURCES)) {
    if ((await changedMs(source)) > builtMs) return build();
  }
}

async function build(): Promise<void> {
  const result = await execa('wxt', ['build'], { preferLocal: true, reject: false, all: true });
  if (result.failed) {
    throw new Error(`The extension could not be built:\n${result.all || result.shortMessage}`);
  }
}

/** 0 for what does not exist. */
async function changedMs(file: string): Promise<number> {
  try {
    return (await stat(file)).mtimeMs;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}
