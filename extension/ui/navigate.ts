/** Moves the focus in the popup, on request of a shortcut or the address bar. */
import type { NavigationRequest } from '../shared/navigation-request.ts';

/** In document order, which is the most urgent first. */
const NEEDS_ATTENTION =
  'li[data-question], [data-section=failed] li[data-agent], [data-section=lost] li[data-agent]';

export function focusTarget(at: NavigationRequest['at']): void {
  const item = at === 'next' ? nextAttention() : itemOf(at);
  item?.focus();
}

/** The one after the focused item, wrapping around at the end. */
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
