/** `npm run docs`: fills protocol/client/README.md from the table that the client itself uses. */
import { readFile, writeFile } from 'node:fs/promises';
import { TRANSITIONS } from '../protocol/client/connection.ts';
import { CONNECTION_ERRORS } from '../protocol/client/errors.ts';

const FILE = 'protocol/client/README.md';

export function fillClientDocs(text: string): string {
  return fill(fill(text, 'states', diagram()), 'errors', errors());
}

/** A state diagram of Mermaid. Inputs that change nothing are left out. */
function diagram(): string {
  const lines = Object.entries(TRANSITIONS).flatMap(([state, row]) => {
    const targets = Map.groupBy(Object.entries(row), ([, target]) => target);
    return [...targets].flatMap(([target, inputs]) =>
      target === '-' || target === 'closed'
        ? []
        : `  ${state} --> ${target}: ${inputs.map(([input]) => input).join(', ')}`,
    );
  });
  const note = '`close` leads from every state to `closed`, which is final.';
  return `\`\`\`mermaid\nstateDiagram-v2\n  [*] --> connecting\n${lines.join('\n')}\n\`\`\`\n\n${note}`;
}

function errors(): string {
  const rows = Object.entries(CONNECTION_ERRORS).map(
    ([kind, meaning]) => `| \`${kind}\` | ${meaning} |`,
  );
  return ['| kind | |', '| --- | --- |', ...rows].join('\n');
}

function fill(text: string, name: string, content: string): string {
  const pattern = new RegExp(`(<!-- begin:${name} -->\n)[\\s\\S]*(<!-- end:${name} -->)`);
  return text.replace(
    pattern,
    (_all, begin: string, end: string) => `${begin}\n${content}\n\n${end}`,
  );
}

if (import.meta.main) await writeFile(FILE, fillClientDocs(await readFile(FILE, 'utf8')));
