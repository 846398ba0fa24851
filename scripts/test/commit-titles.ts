/** Checks the titles of commits: `area: summary`, at most 72 characters, so that `git log --oneline` shows them whole. */
import { execa } from 'execa';
import { StepError } from './steps.ts';

const MAX_CHARACTERS = 72;
const FORM = /^[a-z][a-z0-9 ,/-]*: \S/;
/** The rule holds for the commits after this one. */
const START = '98f8d42a8b565a9a159e3038dc4ebbca227fab14';
/** Where a clone keeps the default branch of the repository that it was made from. */
const DEFAULT_BRANCHES = ['refs/remotes/origin/HEAD', 'refs/remotes/origin/main'];

export interface Commit {
  readonly id: string;
  readonly title: string;
}

/**
 * Checks the commits that the default branch does not have yet; if there are none, as in a fresh clone, all since the
 * rule holds. Checks nothing where git does not know the commit with which the rule begins, such as in a shallow clone
 * or outside of git.
 *
 * @throws StepError that names each commit and what is wrong with its title.
 */
export async function checkCommitTitles(cwd = '.', start = START): Promise<void> {
  const found = (await readCommits(cwd, start)).flatMap(({ id, title }) => {
    const problem = titleProblem(title);
    return problem === undefined ? [] : [`${id} ${title}\n  ${problem}`];
  });
  if (found.length === 0) return;
  throw new StepError(`${found.join('\n')}\n\nTo change titles: git rebase --interactive`);
}

/** Returns what is wrong with a title, in words. */
export function titleProblem(title: string): string | undefined {
  if (title.length > MAX_CHARACTERS) {
    return `${title.length} characters; at most ${MAX_CHARACTERS} are allowed.`;
  }
  if (!FORM.test(title))
    return 'Not of the form "area: summary", such as "log: skip empty batches".';
  return undefined;
}

/** Without merges, newest first. */
export async function readCommits(cwd: string, start: string): Promise<readonly Commit[]> {
  const git = async (...args: string[]) => {
    const { failed, stdout } = await execa('git', args, { cwd, reject: false });
    return failed ? undefined : stdout;
  };
  if ((await git('merge-base', '--is-ancestor', start, 'HEAD')) === undefined) return [];
  const list = async (...exclude: string[]) => {
    const args = ['--no-merges', '--format=%h %s', 'HEAD', '--not', start, ...exclude];
    return (await git('log', ...args))?.split('\n').filter((line) => line !== '') ?? [];
  };
  const named = await Promise.all(
    DEFAULT_BRANCHES.map((name) => git('rev-parse', '-q', '--verify', name)),
  );
  const defaultBranch = named.find((commit) => commit !== undefined);
  const own = defaultBranch === undefined ? [] : await list(defaultBranch);
  return (own.length > 0 ? own : await list()).map((line) => {
    const [id = ''] = line.split(' ', 1);
    return { id, title: line.slice(id.length + 1) };
  });
}
