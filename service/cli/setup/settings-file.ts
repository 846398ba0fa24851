/** Reads and atomically replaces a settings file of another program. */
import { randomUUID } from 'node:crypto';
import {
  copyFile,
  mkdir,
  open,
  readFile,
  readlink,
  realpath,
  rename,
  rm,
  stat,
} from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { SettingsError } from '../../adapters/settings/settings-error.ts';

/** For a new file: settings can contain secrets. */
const NEW_FILE_MODE = 0o600;

export interface SettingsFile {
  readonly path: string;
  /** Undefined if there is no such file. */
  readonly text: string | undefined;
}

/** @throws SettingsError if the file can't be read or is not UTF-8. */
export async function openSettingsFile(path: string): Promise<SettingsFile> {
  try {
    const bytes = await readFile(path);
    return { path, text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { path, text: undefined };
    throw new SettingsError(`Can't read ${path}: ${(error as Error).message}.`);
  }
}

/**
 * Replaces the text that was read by a new one. Other programs never see half of it; the mode and symbolic links are
 * kept.
 *
 * @returns path of the backup beside the file; undefined if there was no file.
 * @throws SettingsError if the file was changed since it was read.
 */
export async function replaceSettingsFile(
  { path, text: read }: SettingsFile,
  text: string,
  now: Date,
): Promise<string | undefined> {
  if ((await openSettingsFile(path)).text !== read) {
    throw new SettingsError(
      `${path} was changed by another program in the meantime. Run this again.`,
    );
  }
  await mkdir(dirname(path), { recursive: true });
  const backup = read === undefined ? undefined : await backUp(path, now);
  await replaceFile(await linkTarget(path), text);
  return backup;
}

async function backUp(path: string, now: Date): Promise<string> {
  const time = now.toISOString().replace(/\.\d+/, '').replaceAll(/[-:]/g, '');
  const backup = `${path}.agentlight-backup-${time}`;
  await copyFile(path, backup);
  return backup;
}

/** The target of symbolic links, which may not exist yet. */
async function linkTarget(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const link = await readlink(path).catch(() => undefined);
    return link === undefined ? path : linkTarget(resolve(dirname(path), link));
  }
}

async function replaceFile(path: string, text: string): Promise<void> {
  const mode = await stat(path).then(
    (stats) => stats.mode & 0o777,
    () => NEW_FILE_MODE,
  );
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}`);
  try {
    await writeWhole(temporary, text, mode);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Closes the file before it is renamed, as Windows requires, and syncs it before it replaces the old one. */
async function writeWhole(path: string, text: string, mode: number): Promise<void> {
  await using file = await open(path, 'wx', mode);
  await file.chmod(mode);
  await file.writeFile(text);
  await file.sync();
}
