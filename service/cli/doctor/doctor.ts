/** `agentlight doctor`: finds problems and says how to fix them. */
import { styleText } from 'node:util';
import type { Command } from 'commander';
import { findToken, serviceUrl } from '../connection.ts';
import type { Finding } from './finding.ts';
import { EXIT } from '../exit-codes.ts';
import { plain, printJson, printLine } from '../print.ts';

export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .summary('find problems and how to fix them')
    .description(
      'Checks the service, the connection, the token, the browsers, the agents and the settings of coding agents. ✓ is fine, ! may be intended, ✗ is a problem. The exit code is 1 if there is a problem.',
    )
    .option('--json', 'print {"check", "status", "says", "todo"} for each check, one per line')
    .action(async ({ json }: { json?: true }) => {
      const findings = await examine();
      for (const finding of findings) {
        if (json) printJson(finding);
        else printLine(toLine(finding));
      }
      if (findings.some(({ status }) => status === 'wrong')) process.exitCode = EXIT.failed;
    });
}

async function examine(): Promise<Finding[]> {
  const { checkService } = await import('./service-checks.ts');
  const { checkClaudeCode, checkCodex, checkNode } = await import('./machine-checks.ts');
  const { env } = process;
  return [
    checkNode(process.versions.node),
    ...(await checkService(serviceUrl(env), () => findToken(env))),
    await checkClaudeCode(),
    await checkCodex(),
  ];
}

const MARKS = {
  ok: ['✓', 'green'],
  warning: ['!', 'yellow'],
  wrong: ['✗', 'red'],
} as const;

/** Length of the longest check name. */
const CHECK_CHARS = 11;

function toLine({ check, status, says, todo = '' }: Finding): string {
  const [mark, colour] = MARKS[status];
  const shown = styleText(colour, mark, { stream: process.stdout });
  return `${shown} ${check.padEnd(CHECK_CHARS)}  ${plain(`${says} ${todo}`)}`;
}
