/** Connects one wrapped command to the service. Its agent exists for this run only. */
import { hostname } from 'node:os';
import type { AgentProfile } from '../../../protocol/events/agent.ts';
import type { Agent } from '../../../protocol/fleet/fleet.ts';
import { isFinal, isPresumedLost } from '../../../protocol/fleet/fleet.ts';
import type { RunAnswer, Snapshot } from '../../../protocol/wire/messages.ts';
import type { Client } from '../../../protocol/client/client.ts';
import { ServiceError } from '../../../protocol/client/errors.ts';
import { Link } from '../link/link.ts';
import type { RunnerCommand } from '../link/runner-command.ts';
import type { Questions } from '../socket/questions.ts';

export interface WrapLinkOptions {
  readonly client: Client;
  readonly runner: string;
  readonly run: string;
  readonly name: string;
  /** Preferred id of the agent; `-2`, `-3` … is added while another runner uses it. */
  readonly agentId: string;
  readonly questions: Questions;
  /** Folder for events that can't be sent yet. */
  readonly spoolFolder: string;
  /** Whether the command has not ended yet. */
  readonly isRunning: () => boolean;
  readonly onCommand: (command: RunnerCommand) => void;
  /** Called for each failed attempt to connect. */
  readonly onDown: (error: Error) => void;
  readonly log: (line: string) => void;
}

export function openWrapLink(options: WrapLinkOptions): Link {
  const { client, runner, run, name, agentId, questions, spoolFolder } = options;
  const { isRunning, onCommand, onDown, log } = options;
  const profile: AgentProfile = { name, host: hostname(), capabilities: ['cancel', 'pause'] };
  let id = agentId;
  let hasRegistered = false;
  let isClaimed = false;
  const link: Link = new Link({
    client,
    runner,
    async register(signal) {
      // once the service has accepted the id, it stays: the run belongs to that agent
      if (!isClaimed) {
        // several runs of one name started at once, and another was faster: an id that nobody else tries
        if (hasRegistered) id = withSuffix(agentId, `-${run.slice(-6)}`);
        else id = freeId(agentId, runner, await client.agents(signal));
      }
      await client.registerAgent(id, profile, signal);
      hasRegistered = true;
      return [id];
    },
    onUp: () => {
      if (isClaimed) void resumeIfLost();
      isClaimed = true;
    },
    agentId: () => id,
    onSnapshot(snapshot) {
      questions.compare(snapshot);
      endLostRuns(snapshot);
    },
    onEvent: (event) => questions.parse(event),
    onOrder: (command) => {
      if (command.run === run) onCommand(command);
    },
    onDown,
    spool: { folder: spoolFolder, header: () => ({ agents: { [id]: profile } }) },
    log,
  });

  /** After a long gap, such as that of a laptop that slept, the service takes the run for failed. */
  async function resumeIfLost(): Promise<void> {
    try {
      const { run: known } = await client.request<RunAnswer>('GET', `/v1/runs/${run}`);
      if (!isPresumedLost(known) || !isRunning()) return;
      link.report({ type: 'run.resumed', agent: id, run, data: {} });
    } catch (error) {
      // its end corrects that, too
      if (!(error instanceof ServiceError)) throw error;
    }
  }

  /** Ends the runs of an earlier process with this id that did not disconnect. */
  function endLostRuns({ fleet }: Snapshot): void {
    for (const lost of Object.values(fleet.runs)) {
      if (lost.id === run || isFinal(lost.status) || lost.status === 'queued') continue;
      const message = 'Its runner disappeared and was started again.';
      link.report({
        type: 'run.failed',
        agent: id,
        run: lost.id,
        data: { reason: 'lost', message },
      });
    }
  }

  return link;
}

/** The first of `id`, `id-2`, `id-3` … that no other runner uses. */
export function freeId(id: string, runner: string, agents: readonly Agent[]): string {
  const taken = new Set(
    agents
      .filter((agent) => agent.runner !== runner)
      .filter(({ liveness }) => liveness === 'live' || liveness === 'stale')
      .map((agent) => agent.id),
  );
  for (let number = 1; ; number += 1) {
    const candidate = withSuffix(id, number === 1 ? '' : `-${number}`);
    if (!taken.has(candidate)) return candidate;
  }
}

function withSuffix(id: string, suffix: string): string {
  return id.slice(0, 63 - suffix.length) + suffix;
}
