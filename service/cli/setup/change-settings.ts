/** Changes settings files with the user's consent: shows the changes, asks, writes. */
import { createInterface } from 'node:readline/promises';
import { styleText } from 'node:util';
import { SettingsError } from '../../adapters/settings/settings-error.ts';
import { EXIT } from '../exit-codes.ts';
import { lineDiff } from './line-diff.ts';
import { plain, printJson, printLine } from '../print.ts';
import type { SettingsFile } from './settings-file.ts';
import { openSettingsFile, replaceSettingsFile } from './settings-file.ts';

export interface ChangeFlags {
  /** Write without asking. */
  readonly yes?: true;
  /** Print one line of JSON per file to standard output, and everything else to standard error. */
  readonly json?: true;
}

/** A file, and the change to its text; a missing file has an empty text. */
export interface SettingsChange {
  readonly file: string;
  change(text: string): string;
}

interface Change extends SettingsFile {
  readonly changed: string;
}

/**
 * Makes all changes or none: none if one of the texts can't be changed, or if the user declines (exit code 1).
 *
 * @returns whether all files have the wanted text now.
 * @throws SettingsError naming the file.
 */
export async function changeSettings(
  planned: readonly SettingsChange[],
  flags: ChangeFlags,
): Promise<boolean> {
  const print = flags.json ? (line: string) => process.stderr.write(`${line}\n`) : printLine;
  const changes: Change[] = [];
  for (const { file, change } of planned) {
    const read = await openSettingsFile(file);
    changes.push({ ...read, changed: inFile(file, () => change(read.text ?? '')) });
  }
  const pending = changes.filter(({ text = '', changed }) => text !== changed);
  for (const change of pending) showChange(change, print);
  const agreed = pending.length === 0 || (await agree(flags, print));
  for (const change of changes) {
    const writes = agreed && pending.includes(change);
    const backup = writes
      ? await replaceSettingsFile(change, change.changed, new Date())
      : undefined;
    if (flags.json) printJson({ file: change.path, changed: writes, backup: backup ?? null });
    else if (writes)
      print(`Wrote ${plain(change.path)}${backup ? `; the backup is ${plain(backup)}` : ''}`);
    else if (agreed) print(`Nothing to change in ${plain(change.path)}`);
  }
  if (!agreed) process.exitCode = EXIT.failed;
  return agreed;
}

function inFile<T>(file: string, change: () => T): T {
  try {
    return change();
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    throw new SettingsError(
      `Can't change ${file}. ${error.message}\nFix it and run this again. Nothing was changed.`,
    );
  }
}

function showChange({ path, text, changed }: Change, print: (line: string) => void): void {
  print(`--- ${text === undefined ? '/dev/null' : plain(path)}`);
  print(`+++ ${plain(path)}`);
  for (const line of lineDiff(text ?? '', changed)) print(coloured(line));
}

function coloured(line: string): string {
  const colour = ({ '+': 'green', '-': 'red', '@': 'cyan' } as const)[line[0] ?? ''];
  return colour ? styleText(colour, line, { stream: process.stdout }) : line;
}

async function agree({ yes }: ChangeFlags, print: (line: string) => void): Promise<boolean> {
  if (yes) return true;
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    process.stderr.write('Nothing was changed. To write this, use --yes.\n');
    return false;
  }
  using terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question('Write this? [y/N] ');
  if (/^y(es)?$/i.test(answer.trim())) return true;
  print('Nothing was changed.');
  return false;
}
