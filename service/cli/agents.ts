import type { Command } from 'commander';
import { statusOf } from '../../protocol/status.ts';
import type { Snapshot } from '../../protocol/wire.ts';
import { openClient } from './connection.ts';
import { plain, printJson, printLine, table } from './print.ts';

export function addAgents(program: Command): void {
  program
    .command('agents')
    .summary('list the agents and what they do')
    .description('Lists the agents that the service knows, with what they are doing.')
    .option('--json', 'print one JSON object a line')
    .action(async ({ json }: { json?: true }) => {
      const client = await openClient(process.env);
      const { fleet } = await client.request<Snapshot>('GET', '/v1/snapshot');
      const agents = Object.values(fleet.agents);
      if (json) {
        for (const { id, ...agent } of agents) {
          // the id first: shells complete it from there
          printJson({ id, ...agent, status: statusOf(fleet, { id, ...agent }) });
        }
        return;
      }
      if (agents.length === 0) {
        printLine('No agents yet. Try: agentlight run -- npm test');
        return;
      }
      const rows = agents.map((agent) => [
        agent.id,
        statusOf(fleet, agent),
        agent.liveness,
        plain(agent.host ?? ''),
        plain(agent.name),
      ]);
      for (const line of table([['ID', 'STATUS', 'CONNECTION', 'HOST', 'NAME'], ...rows])) {
        printLine(line);
      }
    });
}
