/**
 * `agentlight hook claude-code|codex`: receives the hook events of coding agents.
 *
 * It must not slow them down, and a failure must never look like an answer: on any error it prints nothing and exits
 * with 0, which means "no decision". It only waits when a person is asked.
 */
import { hostname } from 'node:os';
import { text as readAll } from 'node:stream/consumers';
import type { ApprovalAnswer, HookAnswer } from '../../../protocol/wire/messages.ts';
import type { HookTool } from '../../adapters/hooks/hook-tool.ts';
import { isHookTool } from '../../adapters/hooks/hook-tool.ts';
import { Client } from '../../../protocol/client/client.ts';
import { outerRun } from '../../runner/wrap/outer-run.ts';
import { findToken, serviceUrl } from '../connection.ts';

/** Timeout for reports. */
const REPORT_MS = 3_000;
/** Timeout for asking. Then the agent asks by itself. */
const ASK_MS = 2_000;
/** Claude Code and Codex wait 600 s; the question expires before that. */
const QUESTION_MS = 580_000;
/** Length of one long poll. Each new one shows the service that the hook still waits. */
const POLL_MS = 20_000;
const POLL_ANSWER_MS = POLL_MS + 5_000;
/** Enough to outlast a restart of the service, with backoff of up to 5 s. */
const MAX_TRIES = 60;

const QUESTION_EVENTS: ReadonlySet<string> = new Set(['PermissionRequest', 'Elicitation']);

/** Never throws. @param args the arguments after `hook`. */
export async function runHook(args: readonly string[]): Promise<void> {
  const [name, ...rest] = args;
  try {
    if (name === 'monitor') await monitor(rest);
    else if (name === 'codex-notify') await forwardNotification(rest);
    else if (isHookTool(name)) await hook(name);
  } catch (error) {
    // the agent parses the output of hooks, so errors are printed on request only
    if (process.env['AGENTLIGHT_DEBUG']) console.error(error);
  }
  process.exit(0);
}

async function monitor([agent, pid, tool, session]: readonly string[]): Promise<void> {
  if (agent === undefined || session === undefined || !isHookTool(tool)) return;
  const { monitorSession } = await import('../../runner/session/session-monitor.ts');
  const { slug } = await import('../../runner/link/runner-id.ts');
  const { claudeStatus } = await import('../../runner/session/claude-status.ts');
  const client = new Client({ url: serviceUrl(process.env), token: await findToken(process.env) });
  const runner = `${slug(hostname(), 30) || 'host'}-${agent}`.slice(0, 100);
  const status = tool === 'claude-code' ? () => claudeStatus(session) : undefined;
  await monitorSession({ client, runner, agent, pid: Number(pid), status });
}

/** Codex calls only one program, so we call the one that was configured before. */
async function forwardNotification(args: readonly string[]): Promise<void> {
  // the terminal may be closed right after the end of the turn
  process.on('SIGHUP', () => {});
  const json = args.at(-1) ?? '';
  const then = args.indexOf('--then');
  const [program, ...before] = then < 0 ? [] : args.slice(then + 1, -1);
  if (program !== undefined) {
    const { spawn } = await import('node:child_process');
    const child = spawn(program, [...before, json], { detached: true, stdio: 'ignore' });
    child.on('error', () => {});
    child.unref();
  }
  const { fromNotification } = await import('../../adapters/codex/notification.ts');
  const input = fromNotification(parse(json));
  if (!input) return;
  const client = new Client({ url: serviceUrl(process.env), token: await findToken(process.env) });
  const query = new URLSearchParams({ host: hostname() });
  await client.request('POST', `/v1/hooks/codex?${query}`, { body: input, timeoutMs: REPORT_MS });
}

async function hook(tool: HookTool): Promise<void> {
  const input = parse(await readAll(process.stdin));
  const event = input?.['hook_event_name'];
  if (!input || typeof event !== 'string') return;
  const client = new Client({ url: serviceUrl(process.env), token: await findToken(process.env) });
  const isAsking = QUESTION_EVENTS.has(event);
  const query = new URLSearchParams({
    host: hostname(),
    ...(isAsking && { waitMs: String(QUESTION_MS) }),
    ...outerRun(process.env),
  });
  const { agent, approval } = await client.request<HookAnswer>(
    'POST',
    `/v1/hooks/${tool}?${query}`,
    {
      body: input,
      timeoutMs: isAsking ? ASK_MS : REPORT_MS,
    },
  );
  if (event === 'SessionStart' && process.env['AGENTLIGHT_HOOK_KEEPER'] !== 'off') {
    const { startSessionMonitor } = await import('./start-session-monitor.ts');
    startSessionMonitor(tool, agent, String(input['session_id']));
  }
  if (approval === undefined) return;
  const answer = await waitForAnswer(client, tool, approval, input);
  if (answer) process.stdout.write(JSON.stringify(answer));
}

async function waitForAnswer(
  client: Client,
  tool: HookTool,
  approval: string,
  input: Readonly<Record<string, unknown>>,
): Promise<object | undefined> {
  const { answerFor } = await import('../../adapters/hooks/answers.ts');
  const { whenAnsweredInTerminal } = await import('./hook-terminal.ts');
  const elsewhere = new AbortController();
  void whenAnsweredInTerminal(tool, String(input['session_id']), elsewhere.signal).then(() =>
    // closing the connection withdraws the question
    elsewhere.abort(),
  );
  const path = `/v1/approvals/${approval}?waitMs=${POLL_MS}&asker=1`;
  try {
    for (;;) {
      const answer = await client.request<ApprovalAnswer>('GET', path, {
        timeoutMs: POLL_ANSWER_MS,
        signal: elsewhere.signal,
        // retries are harmless, because the terminal asks as well
        tries: MAX_TRIES,
      });
      if (!('outcome' in answer.approval)) continue;
      return answer.approval.outcome === 'resolved'
        ? answerFor(tool, input, answer.approval)
        : undefined;
    }
  } finally {
    elsewhere.abort();
  }
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
