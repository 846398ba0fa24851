/** What came of the run: files that changed, and what it made to keep. */
import type { RunDetail } from '../../run/detail.ts';
import { bytes } from '../times.ts';
import { Empty } from './empty.tsx';
import css from './results.module.css';
import type { Artifact, ChangedFile } from './run-results.ts';
import { artifactsOf, filesOf } from './run-results.ts';

export function Results({ detail: { items } }: { detail: RunDetail }) {
  const artifacts = artifactsOf(items.values());
  const files = filesOf(items.values());
  if (artifacts.length + files.length === 0) {
    return <Empty>No files changed, and no artifacts.</Empty>;
  }
  return (
    <div class={css['results']}>
      {artifacts.length > 0 && (
        <section>
          <h2>Artifacts</h2>
          <ul aria-label="Artifacts">
            {artifacts.map((artifact) => (
              <ArtifactRow key={artifact.seq} artifact={artifact} />
            ))}
          </ul>
        </section>
      )}
      {files.length > 0 && (
        <section>
          <h2>Files</h2>
          <ul aria-label="Files">
            {files.map((file) => (
              <FileRow key={file.path} file={file} />
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}

function ArtifactRow({ artifact: { name, url, mediaType, sizeBytes } }: { artifact: Artifact }) {
  const size = sizeBytes === undefined ? undefined : bytes(sizeBytes);
  return (
    <li>
      {url ? (
        <a href={url.href} target="_blank" rel="noopener noreferrer" title={url.href}>
          <bdi>{name}</bdi>
        </a>
      ) : (
        <bdi>{name}</bdi>
      )}
      <bdi class={css['note']}>{[url?.host, mediaType, size].filter(Boolean).join(' · ')}</bdi>
    </li>
  );
}

const CHANGES = { created: 'new', modified: 'changed', deleted: 'deleted' } as const;

function FileRow({ file: { path, change, addedLines, removedLines } }: { file: ChangedFile }) {
  return (
    <li>
      <bdi class={`${css['path']} ${change === 'deleted' ? css['gone'] : ''}`}>{path}</bdi>
      <span class={css['note']}>{CHANGES[change]}</span>
      <span class={css['lines']}>
        {addedLines !== undefined && (
          <span class={css['added']} aria-label={`${addedLines} lines added`}>
            +{addedLines}
          </span>
        )}
        {removedLines !== undefined && (
          <span class={css['removed']} aria-label={`${removedLines} lines removed`}>
            −{removedLines}
          </span>
        )}
      </span>
    </li>
  );
}
