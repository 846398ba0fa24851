import type { Command } from 'commander';
import type { PairingCode } from '../../protocol/wire/messages.ts';
import { openClient } from './connection.ts';
import { bold, printJson, printLine } from './print.ts';

export function addPair(program: Command): void {
  program
    .command('pair')
    .summary('get a code to connect a browser')
    .description('Creates a code that connects one browser to the service.')
    .option('--json', 'print {"code", "expiresAt"}')
    .action(async ({ json }: { json?: true }) => {
      const client = await openClient(process.env);
      const { code, expiresAt } = await client.request<PairingCode>('POST', '/v1/pairing-codes');
      if (json) return printJson({ code, expiresAt });
      const until = new Date(expiresAt).toTimeString().slice(0, 5);
      printLine();
      printLine(`    ${bold(code.split('').join(' '))}`);
      printLine();
      printLine('Click the Agentlight icon in the browser and enter');
      printLine(`  address  ${client.url}`);
      printLine(`  code     ${code}`);
      printLine(`The code can be used once, until ${until}.`);
    });
}
