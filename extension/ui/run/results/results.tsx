/** The results of a run: artifacts and changed files. */
import { t } from '../../../i18n/run.ts';
import type { RunDetail } from '../../../run/detail.ts';
import { bytes } from '../../parts/times.ts';
import { Empty } from '../empty.tsx';
import css from './results.module.css';
import type { Artifact, ChangedFile } from './run-results.ts';
import { artifactsOf, filesOf } from './run-results.ts';

export function Results({ detail: { items } }: { detail: RunDetail }) {
  const artifacts = artifactsOf(items.values());
  const files = filesOf(items.values());
  if (artifacts.length + files.length === 0) {
    return <Empty>{t('empty.results')}</Empty>;
  }
  return (
    <div class={css['results']}>
      {artifacts.length > 0 && (
        <section>
          <h2>{t('results.artifacts')}</h2>
          <ul aria-label={t('results.artifacts')}>
            {artifacts.map((artifact) => (
              <ArtifactRow key={artifact.seq} artifact={artifact} />
            ))}
          </ul>
        </section>
      )}
      {files.length > 0 && (
        <section>
          <h2>{t('results.files')}</h2>
          <ul aria-label={t('results.files')}>
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

function FileRow({ file: { path, change, addedLines, removedLines } }: { file: ChangedFile }) {
  return (
    <li>
      <bdi class={`${css['path']} ${change === 'deleted' ? css['gone'] : ''}`}>{path}</bdi>
      <span class={css['note']}>{t(`results.${change}`)}</span>
      <span class={css['lines']}>
        {addedLines !== undefined && (
          <span class={css['added']} aria-label={t('results.added', { count: addedLines })}>
            <bdi dir="ltr">+{addedLines}</bdi>
          </span>
        )}
        {removedLines !== undefined && (
          <span class={css['removed']} aria-label={t('results.removed', { count: removedLines })}>
            <bdi dir="ltr">−{removedLines}</bdi>
          </span>
        )}
      </span>
    </li>
  );
}
