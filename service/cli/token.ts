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
  const token = program.command('token').summary('make, list and revoke tokens');
  token
    .command('create')
    .description('Makes a token, and prints it; it is not shown again.')
    .requiredOption('--user <name>', 'on whose behalf it acts; agents belong to a user')
    .requiredOption('--scope <list>', `what it may do, with commas: ${SCOPE_HELP}`)
    .option('--label <text>', 'how it is listed')
    .option('--json', 'print {"id", "token", "user", "scopes"}')
    .action(create);
  token
    .command('list')
    .description('Lists the tokens, never their secrets.')
    .option('--json', 'print one JSON object a line')
    .action(list);
  token
    .command('revoke')
    .description('Makes a token useless, at once.')
    .argument('<id>', 'id as "agentlight token list" shows it')
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
    `Token ${created.id} of ${user} (${created.scopes.join(', ')}), shown only now:\n`,
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
    `There is no scope "${unknown}"; --scope takes ${names.join(', ')}, with commas.`,
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
