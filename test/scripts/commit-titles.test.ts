import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';
import { checkCommitTitles, readCommits, titleProblem } from '../../scripts/test/commit-titles.ts';
import { StepError } from '../../scripts/test/steps.ts';

async function temporaryFolder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'agentlight-test-'));
  onTestFinished(() => rm(dir, { recursive: true, maxRetries: 5 }));
  return dir;
}

/** Without the settings of whoever runs the tests, also in a hook of git. */
const ENV = {
  GIT_DIR: undefined,
  GIT_INDEX_FILE: undefined,
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'a',
  GIT_AUTHOR_EMAIL: 'a@example.com',
  GIT_COMMITTER_NAME: 'a',
  GIT_COMMITTER_EMAIL: 'a@example.com',
};

interface Repository {
  readonly dir: string;
  git(...args: string[]): Promise<string>;
  /** Returns its id. */
  commit(title: string): Promise<string>;
  titles(start: string): Promise<string[]>;
}

function repositoryIn(dir: string): Repository {
  const git = async (...args: string[]) =>
    (await execa('git', args, { cwd: dir, env: ENV })).stdout;
  return {
    dir,
    git,
    async commit(title) {
      await git('commit', '--quiet', '--allow-empty', '--message', title);
      return git('rev-parse', 'HEAD');
    },
    async titles(start) {
      return (await readCommits(dir, start)).map(({ title }) => title);
    },
  };
}

async function newRepository(): Promise<Repository> {
  const repository = repositoryIn(await temporaryFolder());
  await repository.git('init', '--quiet', '--initial-branch=main');
  return repository;
}

async function cloneOf({ dir }: Repository, ...options: string[]): Promise<Repository> {
  const clone = repositoryIn(await temporaryFolder());
  await clone.git('clone', '--quiet', ...options, `file://${dir}`, '.');
  return clone;
}

test.each([
  ['stream: send bye before closing', undefined],
  ['log, http: refuse empty batches', undefined],
  [`docs: ${'ä'.repeat(66)}`, undefined],
  [`docs: ${'ä'.repeat(67)}`, '73 characters; at most 72 are allowed.'],
  ['Send bye before closing', expect.stringContaining('area: summary')],
  ['stream:send bye', expect.stringContaining('area: summary')],
])('%s', (title, problem) => {
  expect(titleProblem(title)).toEqual(problem);
});

test('a refused commit is named with what is wrong', async () => {
  const { dir, commit } = await newRepository();
  const start = await commit('a: start');
  const bad = await commit('Fix it');
  await expect(checkCommitTitles(dir, start)).rejects.toThrow(StepError);
  await expect(checkCommitTitles(dir, start)).rejects.toThrow(`${bad.slice(0, 7)} Fix it\n`);
  await commit('a: good');
  await expect(checkCommitTitles(dir, bad)).resolves.toBeUndefined();
});

test('all commits since the start are checked where the default branch has them all', async () => {
  const upstream = await newRepository();
  await upstream.commit('before');
  const start = await upstream.commit('start');
  await upstream.commit('one');
  await upstream.commit('two');
  expect(await upstream.titles(start)).toEqual(['two', 'one']);
  expect(await (await cloneOf(upstream)).titles(start)).toEqual(['two', 'one']);
});

test('of a branch only its own commits are checked, and no merges', async () => {
  const upstream = await newRepository();
  const start = await upstream.commit('start');
  await upstream.commit('one');
  const clone = await cloneOf(upstream);
  await clone.git('switch', '--quiet', '--create', 'change');
  await clone.commit('mine');
  await clone.git('switch', '--quiet', '--create', 'other', start);
  await clone.commit('also mine');
  await clone.git('merge', '--quiet', '--no-edit', 'change');
  expect((await clone.titles(start)).toSorted()).toEqual(['also mine', 'mine']);
});

test('nothing is checked in a shallow clone, in another history and outside of git', async () => {
  const upstream = await newRepository();
  const start = await upstream.commit('start');
  await upstream.commit('one');
  expect(await (await cloneOf(upstream, '--depth=1')).titles(start)).toEqual([]);
  const other = await newRepository();
  await other.commit('other');
  expect(await other.titles(start)).toEqual([]);
  expect(await readCommits(await temporaryFolder(), start)).toEqual([]);
});
