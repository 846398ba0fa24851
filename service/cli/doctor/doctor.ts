/** `agentlight doctor`: finds what is wrong, and says what to do about it. */
import { styleText } from 'node:util';
import type { Command } from 'commander';
import { findToken, serviceUrl } from '../connection.ts';
import type { Finding } from './finding.ts';
import { EXIT } from '../exit-codes.ts';
import { plain, printJson, printLine } from '../print.ts';

export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .summary('find out what is wrong, and what to do')
    .description(
      'Looks at the service, the way to it, the token, the browsers, the agents and the settings of coding agents. Each line is a check: ✓ is fine, ! may be meant so, ✗ is wrong. The exit code is 1 if something is wrong.',
    )
    .option('--json', 'print {"check", "status", "says", "todo"} for each check, one a line')
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

/** As wide as the longest name of a check. */
const CHECK_CHARS = 11;

function toLine({ check, status, says, todo = '' }: Finding): string {
  const [mark, colour] = MARKS[status];
  const shown = styleText(colour, mark, { stream: process.stdout });
  return `${shown} ${check.padEnd(CHECK_CHARS)}  ${plain(`${says} ${todo}`)}`;
}
