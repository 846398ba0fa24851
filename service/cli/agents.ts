import type { Command } from 'commander';
import { statusOf } from '../../protocol/fleet/status.ts';
import type { ConnectionsAnswer } from '../../protocol/wire/messages.ts';
import type { Client } from '../../protocol/client/client.ts';
import { openClient } from './connection.ts';
import { UsageError } from './exit-codes.ts';
import { plain, printJson, printLine, table } from './print.ts';

export function addAgents(program: Command): void {
  program
    .command('agents')
    .summary('list the agents and what they do')
    .description(
      'Lists the agents and what they are doing. With an id, shows that agent and its past connections.',
    )
    .argument('[id]', 'show only this agent, with its connections')
    .option('--json', 'print one JSON object per line')
    .action(async (only: string | undefined, { json }: { json?: true }) => {
      const client = await openClient(process.env);
      if (only !== undefined) {
        await showAgent(client, only, json === true);
        return;
      }
      const { fleet } = await client.snapshot();
      const agents = Object.values(fleet.agents);
      if (json) {
        for (const { id, ...agent } of agents) {
          // shell completion expects the id first
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

async function showAgent(client: Client, id: string, asJson: boolean): Promise<void> {
  if (!/^[a-z0-9][a-z0-9._-]{0,62}$/.test(id))
    throw new UsageError(`"${plain(id)}" is not a valid id.`);
  const [{ fleet }, history] = await Promise.all([
    client.snapshot(),
    client.request<ConnectionsAnswer>('GET', `/v1/agents/${id}/connections?limit=20`),
  ]);
  const agent = fleet.agents[id];
  if (!agent) throw new UsageError(`There is no agent "${id}".`);
  if (asJson) {
    printJson({ ...agent, status: statusOf(fleet, agent), ...history });
    return;
  }
  printLine(`${plain(agent.name)} · ${statusOf(fleet, agent)} · ${agent.liveness}`);
  const { uptime, connections } = history;
  if (uptime) {
    const percent = (uptime.share * 100).toFixed(uptime.share > 0.99 ? 2 : 1);
    printLine(`Uptime ${percent} % since ${shortTime(uptime.since)}`);
  }
  const rows = connections.map(({ runner, connectedAt, disconnectedAt, reason }) => [
    shortTime(connectedAt),
    disconnectedAt === undefined ? '' : shortTime(disconnectedAt),
    reason ?? '',
    plain(runner),
  ]);
  for (const line of table([['CONNECTED', 'UNTIL', 'ENDED BY', 'RUNNER'], ...rows]))
    printLine(line);
}

/** Local time, such as `2026-01-31 13:05:09`. */
function shortTime(time: string): string {
  return new Date(time).toLocaleString('sv-SE');
}
