/** The accessibility checks of axe-core, in a page. */
import axe from 'axe-core';
import type { Page } from 'playwright';

/** WCAG 2.2 up to AA, and what axe holds to be good practice. */
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What is wrong, a line each: the rule, the elements, and what to do. */
export async function violationsIn(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const violations = await page.evaluate(async (tags) => {
    const { violations: found } = await (globalThis as unknown as { axe: typeof axe }).axe.run(
      document,
      { runOnly: { type: 'tag', values: tags } },
    );
    return found.map(({ id, help, nodes }) => ({
      id,
      help,
      nodes: nodes.map(({ html, failureSummary }) => `${html}\n${failureSummary}`),
    }));
  }, TAGS);
  return violations.map(({ id, help, nodes }) => `${id}: ${help}\n${nodes.join('\n')}`);
}
