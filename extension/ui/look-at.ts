/** Moves the focus of the popup to what a person asked for from elsewhere. */
import type { NavigationRequest } from '../shared/navigation-request.ts';

/** As they stand in the popup, the most urgent first. */
const NEEDS_ATTENTION =
  'li[data-question], [data-section=failed] li[data-agent], [data-section=lost] li[data-agent]';

export function navigateTo(at: NavigationRequest['at']): void {
  const item = at === 'next' ? nextAttention() : itemOf(at);
  item?.focus();
}

/** After the one that has the focus, and from the last to the first. */
function nextAttention(): HTMLElement | undefined {
  const items = [...document.querySelectorAll<HTMLElement>(NEEDS_ATTENTION)];
  const at = items.findIndex((item) => item.contains(document.activeElement));
  return items[(at + 1) % items.length];
}

function itemOf({
  service,
  agent,
}: Exclude<NavigationRequest['at'], 'next'>): HTMLElement | undefined {
  return [...document.querySelectorAll<HTMLElement>('li[data-agent]')].find(
    ({ dataset }) => dataset['agent'] === agent && dataset['service'] === service,
  );
}
