/** A file of another program's settings: read as it is, and replaced in one step. */
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

/** For a file that is not there yet: settings may hold keys. */
const NEW_FILE_MODE = 0o600;

export interface SettingsFile {
  readonly path: string;
  /** Its text; undefined if there is no such file. */
  readonly text: string | undefined;
}

/** @throws SettingsError if it can't be read, or is not UTF-8. */
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
 * Puts a new text in the place of the one that was read. Others never see half of it; the mode stays, and a
 * symbolic link stays one.
 *
 * @returns path of a copy of the old file, beside it; undefined if there was none.
 * @throws SettingsError if somebody else changed the file since it was read.
 */
export async function replaceSettingsFile(
  { path, text: read }: SettingsFile,
  text: string,
  now: Date,
): Promise<string | undefined> {
  if ((await openSettingsFile(path)).text !== read) {
    throw new SettingsError(`${path} was changed meanwhile by somebody else. Run this again.`);
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

/** The file itself, which may not be there yet, behind any links. */
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

/** Closed before it is moved, as Windows asks for; on the disk before it takes the other's place. */
async function writeWhole(path: string, text: string, mode: number): Promise<void> {
  await using file = await open(path, 'wx', mode);
  await file.chmod(mode);
  await file.writeFile(text);
  await file.sync();
}
