/** Which agent and which run something on GitHub is: the same for the same thing, in whatever order it is told. */
import type { AgentProfile } from '../../../protocol/events/agent.ts';
import { LIMITS } from '../../../protocol/wire/limits.ts';
import { derivedId } from '../webhooks/derived-id.ts';
import { cut, plainName } from '../shown-text.ts';
import type { Repository } from './payload.ts';

interface About {
  /** Tells what else may have the same name in the repository. */
  readonly kind: 'workflow' | 'check' | 'deployment';
  readonly name: string;
  readonly url: string;
}

/**
 * A repository keeps its number when it is renamed or moves, and so does its agent. Jobs know their workflow by
 * nothing but its name, so the name is what counts there.
 */
export function agentOf(repository: Repository, { kind, name, url }: About) {
  const key = derivedId('github', kind, ...keyOf(repository), name).slice(0, 8);
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 24);
  const id = ['github', String(repository.id), slug, key].filter((part) => part !== '').join('-');
  const [owner = '', ...rest] = repository.full_name.split('/');
  const tags = [owner, rest.join('/'), kind]
    .map((tag) => plainName(tag, LIMITS.tagChars))
    .filter((tag) => tag !== '');
  const profile: AgentProfile = {
    name: plainName(`${repository.full_name} · ${name}`, LIMITS.nameChars),
    description: cut(url, LIMITS.descriptionChars),
    capabilities: [],
    kind: 'github',
    tags,
  };
  return { id, profile };
}

/** @param parts what tells it from others of its kind in the repository, the attempt included. */
export function runOf(
  repository: Repository,
  kind: About['kind'],
  ...parts: readonly number[]
): string {
  return derivedId('github-run', kind, ...keyOf(repository), ...parts.map(String));
}

/** Numbers are the same on different servers of GitHub Enterprise. */
function keyOf({ id, html_url: url }: Repository): string[] {
  return [URL.parse(url)?.host ?? '', String(id)];
}
