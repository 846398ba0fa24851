/** Suggests agents by name in the address bar. Pure. */
import { t } from '../i18n/worker.ts';
import type { Fleet } from '../../protocol/fleet/fleet.ts';
import { plainText } from '../shared/plain-text.ts';
import type { PairedService } from '../shared/view.ts';

export interface Suggestion {
  readonly service: string;
  readonly agent: string;
  /** What the address bar fills in. */
  readonly content: string;
  readonly description: string;
}

const MAX_SUGGESTIONS = 6;
const NAME_CHARS = 60;

/** Agents that can be run and whose name contains `typed`; those that start with it first. */
export function suggestionsFor(
  typed: string,
  services: readonly { readonly service: PairedService; readonly fleet: Fleet }[],
): readonly Suggestion[] {
  const wanted = typed.trim().toLowerCase();
  return services
    .flatMap(({ service, fleet }) =>
      Object.values(fleet.agents)
        .filter(({ capabilities }) => capabilities.includes('run'))
        .map((agent) => {
          const name = plainText(agent.name, NAME_CHARS);
          return {
            service: service.id,
            agent: agent.id,
            content: name,
            at: name.toLowerCase().indexOf(wanted),
            description: escaped(t('suggestion', { name })),
          };
        }),
    )
    .filter(({ at }) => at >= 0)
    .toSorted((a, b) => a.at - b.at)
    .slice(0, MAX_SUGGESTIONS)
    .map(({ at: _at, ...suggestion }) => suggestion);
}

/** Chrome parses descriptions as XML. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
