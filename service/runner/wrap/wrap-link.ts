/** The link of one wrapped command: its agent is there for this run only. */
import { hostname } from 'node:os';
import type { AgentProfile } from '../../../protocol/events/agent.ts';
import type { Agent } from '../../../protocol/fleet/fleet.ts';
import { isFinal } from '../../../protocol/fleet/fleet.ts';
import type { Snapshot } from '../../../protocol/wire/messages.ts';
import type { Client } from '../link/client.ts';
import { Link } from '../link/link.ts';
import type { RunnerCommand } from '../link/runner-command.ts';
import type { Questions } from '../socket/questions.ts';

export interface WrapLinkOptions {
  readonly client: Client;
  readonly runner: string;
  readonly run: string;
  readonly name: string;
  /** The id that the agent should have; `-2`, `-3` … is added while others of that id are running. */
  readonly agentId: string;
  readonly questions: Questions;
  /** Where on disk waits what can't be sent. */
  readonly spoolFolder: string;
  readonly onOrder: (order: RunnerCommand) => void;
  /** It is not connected; called for each try that failed. */
  readonly onDown: (error: Error) => void;
  readonly log: (line: string) => void;
}

export function openWrapLink(options: WrapLinkOptions): Link {
  const { client, runner, run, name, agentId, questions, spoolFolder } = options;
  const { onOrder, onDown, log } = options;
  const profile: AgentProfile = { name, host: hostname(), capabilities: ['cancel', 'pause'] };
  let id = agentId;
  const link: Link = new Link({
    client,
    runner,
    async register(signal) {
      id = freeId(agentId, runner, await client.agents(signal));
      await client.registerAgent(id, profile, signal);
      return [id];
    },
    agentId: () => id,
    onSnapshot(snapshot) {
      questions.compare(snapshot);
      endRemains(snapshot);
    },
    onEvent: (event) => questions.parse(event),
    onOrder: (order) => {
      if (order.run === run) onOrder(order);
    },
    onDown,
    spool: { folder: spoolFolder, header: () => ({ agents: { [id]: profile } }) },
    log,
  });

  /** Runs of an earlier process of this id that never said goodbye. */
  function endRemains({ fleet }: Snapshot): void {
    for (const remains of Object.values(fleet.runs)) {
      if (remains.id === run || isFinal(remains.status) || remains.status === 'queued') continue;
      const message = 'Its runner went away without a word, and was started anew.';
      link.report({
        type: 'run.failed',
        agent: id,
        run: remains.id,
        data: { reason: 'lost', message },
      });
    }
  }

  return link;
}

/** The first of `id`, `id-2`, `id-3` … that no other runner holds. */
export function freeId(id: string, runner: string, agents: readonly Agent[]): string {
  const taken = new Set(
    agents
      .filter((agent) => agent.runner !== runner)
      .filter(({ liveness }) => liveness === 'live' || liveness === 'stale')
      .map((agent) => agent.id),
  );
  for (let number = 1; ; number += 1) {
    const suffix = number === 1 ? '' : `-${number}`;
    const candidate = id.slice(0, 63 - suffix.length) + suffix;
    if (!taken.has(candidate)) return candidate;
  }
}
