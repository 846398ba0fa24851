/** Collects the artifacts and changed files of a run. Pure. */
import type { EventData } from '../../../../protocol/events/event.ts';
import type { Item } from '../../../run/items.ts';
import { webAddress } from '../../../shared/pages.ts';

export interface ChangedFile {
  readonly path: string;
  /** The combined change: a file that was created and then modified counts as created. */
  readonly change: EventData<'file.changed'>['change'];
  readonly addedLines: number | undefined;
  readonly removedLines: number | undefined;
}

export interface Artifact {
  readonly seq: number;
  readonly name: string;
  readonly mediaType: string | undefined;
  readonly sizeBytes: number | undefined;
  /** Undefined unless it is a web address that is safe to open. */
  readonly url: URL | undefined;
}

/** Sorted by path. */
export function filesOf(items: Iterable<Item>): readonly ChangedFile[] {
  const files = new Map<string, ChangedFile>();
  for (const item of items) {
    if (item.kind !== 'file') continue;
    const { path, change, addedLines, removedLines } = item.file;
    const before = files.get(path);
    files.set(path, {
      path,
      change: before?.change === 'created' && change === 'modified' ? 'created' : change,
      addedLines: sum(before?.addedLines, addedLines),
      removedLines: sum(before?.removedLines, removedLines),
    });
  }
  return [...files.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

export function artifactsOf(items: Iterable<Item>): readonly Artifact[] {
  return [...items].flatMap((item) => {
    if (item.kind !== 'artifact') return [];
    const { name, mediaType, sizeBytes, url } = item.artifact;
    return [{ seq: item.seq, name, mediaType, sizeBytes, url: webAddress(url) }];
  });
}

function sum(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined && b === undefined ? undefined : (a ?? 0) + (b ?? 0);
}
