/** Derives the ids of agents and runs from GitHub's, so that the order of deliveries does not matter. */
import type { AgentProfile } from '../../../protocol/events/agent.ts';
import { LIMITS } from '../../../protocol/wire/limits.ts';
import { derivedId } from '../webhooks/derived-id.ts';
import { cut, plainName } from '../shown-text.ts';
import type { Repository } from './payload.ts';

interface About {
  /** Separates things of the same name in one repository. */
  readonly kind: 'workflow' | 'check' | 'deployment';
  readonly name: string;
  readonly url: string;
}

/**
 * The agent of a workflow, check or environment. Its id contains the repository's number, which survives a rename or
 * transfer, and the workflow's name, because jobs identify their workflow by nothing else.
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

/** @param parts numbers that are unique among runs of this kind in the repository, including the attempt. */
export function runOf(
  repository: Repository,
  kind: About['kind'],
  ...parts: readonly number[]
): string {
  return derivedId('github-run', kind, ...keyOf(repository), ...parts.map(String));
}

/** The host is part of the key, because servers of GitHub Enterprise use the same numbers. */
function keyOf({ id, html_url: url }: Repository): string[] {
  return [URL.parse(url)?.host ?? '', String(id)];
}
