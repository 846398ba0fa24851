/**
 * `agentlight hook claude-code|codex`: what coding agents call at every step.
 *
 * It must never slow them down, and our own failure is never an answer: whatever goes wrong, it prints nothing and
 * ends with 0, which means "no opinion". Only who asks a person waits.
 */
import { hostname } from 'node:os';
import { text as readAll } from 'node:stream/consumers';
import type { ApprovalAnswer, HookAnswer } from '../../../protocol/wire/messages.ts';
import type { HookTool } from '../../adapters/hooks/hook-tool.ts';
import { isHookTool } from '../../adapters/hooks/hook-tool.ts';
import { Client } from '../../../protocol/client/client.ts';
import { outerRun } from '../../runner/wrap/outer-run.ts';
import { findToken, serviceUrl } from '../connection.ts';

/** A service that does not answer by then is not there. */
const REPORT_MS = 3_000;
/** A question must be taken at once, or the agent asks by itself. */
const TAKE_MS = 2_000;
/** Claude Code and Codex wait 600 s; we have let go of the question before that. */
const QUESTION_MS = 580_000;
/** One wait at the service; then it shows that it is still alive. */
const POLL_MS = 20_000;
const POLL_ANSWER_MS = POLL_MS + 5_000;
/** Through a restart of the service, with growing waits between them of up to 5 s. */
const MOST_TRIES = 60;

const ASKING: ReadonlySet<string> = new Set(['PermissionRequest', 'Elicitation']);

/** @param args of the command line behind `hook`. Never throws. */
export async function runHook(args: readonly string[]): Promise<void> {
  const [name, ...rest] = args;
  try {
    if (name === 'keep') await keep(rest);
    else if (name === 'codex-notify') await passOnNotification(rest);
    else if (isHookTool(name)) await hook(name);
  } catch (error) {
    // hooks speak to their agent by what they print, so this is for who looks for it
    if (process.env['AGENTLIGHT_DEBUG']) console.error(error);
  }
  process.exit(0);
}

async function keep([agent, pid, tool, session]: readonly string[]): Promise<void> {
  if (agent === undefined || session === undefined || !isHookTool(tool)) return;
  const { monitorSession } = await import('../../runner/session/session-monitor.ts');
  const { slug } = await import('../../runner/link/runner-id.ts');
  const { claudeStatus } = await import('../../runner/session/claude-status.ts');
  const client = new Client({ url: serviceUrl(process.env), token: await findToken(process.env) });
  const runner = `${slug(hostname(), 30) || 'host'}-${agent}`.slice(0, 100);
  const status = tool === 'claude-code' ? () => claudeStatus(session) : undefined;
  await monitorSession({ client, runner, agent, pid: Number(pid), status });
}

/** Codex has one place for a program to notify: who was there before us is called as well. */
async function passOnNotification(args: readonly string[]): Promise<void> {
  // the terminal may be closed right behind the end of the turn
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
  const isAsking = ASKING.has(event);
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
      timeoutMs: isAsking ? TAKE_MS : REPORT_MS,
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
    // the connection breaks, and the question is withdrawn
    elsewhere.abort(),
  );
  const path = `/v1/approvals/${approval}?waitMs=${POLL_MS}&asker=1`;
  try {
    for (;;) {
      const answer = await client.request<ApprovalAnswer>('GET', path, {
        timeoutMs: POLL_ANSWER_MS,
        signal: elsewhere.signal,
        // meanwhile the terminal asks, too
        tries: MOST_TRIES,
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
