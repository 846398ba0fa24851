import type { Command } from 'commander';
import type { Scope } from '../../protocol/wire/messages.ts';
import { openClient } from './connection.ts';
import { UsageError } from './exit-codes.ts';
import { plain, printJson, printLine, table } from './print.ts';

interface CreatedToken {
  readonly id: string;
  readonly token: string;
  readonly user: string;
  readonly scopes: readonly Scope[];
}

interface ListedToken {
  readonly id: string;
  readonly user: string;
  readonly scopes: readonly Scope[];
  readonly label: string;
  readonly createdAt: string;
  readonly revokedAt?: string;
}

interface CreateFlags {
  readonly user: string;
  readonly scope: string;
  readonly label?: string;
  readonly json?: true;
}

const SCOPE_HELP =
  'read (watch), operate (run, cancel, pair), report (agents and events), admin (all)';

export function addToken(program: Command): void {
  const token = program.command('token').summary('create, list and revoke tokens');
  token
    .command('create')
    .description('Creates a token and prints it. It is not shown again.')
    .requiredOption('--user <name>', 'user that the token acts for and that owns its agents')
    .requiredOption('--scope <list>', `permissions, separated by commas: ${SCOPE_HELP}`)
    .option('--label <text>', 'label in the list of tokens')
    .option('--json', 'print {"id", "token", "user", "scopes"}')
    .action(create);
  token
    .command('list')
    .description('Lists the tokens without their secrets.')
    .option('--json', 'print one JSON object per line')
    .action(list);
  token
    .command('revoke')
    .description('Revokes a token immediately.')
    .argument('<id>', 'id from "agentlight token list"')
    .action(async (id: string) => {
      const client = await openClient(process.env);
      await client.request('DELETE', `/v1/tokens/${encodeURIComponent(id)}`);
      printLine(`Revoked ${plain(id)}.`);
    });
}

async function create({ user, scope, label, json }: CreateFlags): Promise<void> {
  const body = { user, scopes: await readScopes(scope), ...(label !== undefined && { label }) };
  const client = await openClient(process.env);
  const created = await client.request<CreatedToken>('POST', '/v1/tokens', { body });
  if (json) return printJson(created);
  process.stderr.write(
    `Token ${created.id} of ${user} (${created.scopes.join(', ')}), which is not shown again:\n`,
  );
  printLine(created.token);
}

async function readScopes(text: string): Promise<string[]> {
  const { SCOPES } = await import('../../protocol/wire/messages.ts');
  const names: readonly string[] = SCOPES;
  const scopes = text.split(',').map((name) => name.trim());
  const unknown = scopes.find((name) => !names.includes(name));
  if (unknown === undefined) return scopes;
  throw new UsageError(
    `There is no scope "${unknown}". Valid scopes are ${names.join(', ')}, separated by commas.`,
  );
}

async function list({ json }: { json?: true }): Promise<void> {
  const client = await openClient(process.env);
  const { tokens } = await client.request<{ tokens: ListedToken[] }>('GET', '/v1/tokens');
  if (json) return tokens.forEach(printJson);
  const rows = tokens.map(({ id, user, scopes, label, createdAt, revokedAt }) => [
    id,
    plain(user),
    scopes.join(','),
    createdAt.slice(0, 10),
    revokedAt === undefined ? 'valid' : `revoked ${revokedAt.slice(0, 10)}`,
    plain(label),
  ]);
  for (const line of table([['ID', 'USER', 'SCOPES', 'CREATED', 'STATE', 'LABEL'], ...rows])) {
    printLine(line);
  }
}
