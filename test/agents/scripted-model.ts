/**
 * A model on loopback that says what it was told to say, in the wire formats of the two vendors: what a coding agent
 * does then is the real thing, without an account and the same every time.
 */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What it says when it is asked: to run a shell command, or in words. The last one is said from then on. */
export type Turn =
  | { readonly shell: string }
  | { readonly say: string }
  | { readonly fail: number };

export interface ScriptedModel {
  readonly url: string;
  /** Questions so far, without those of the agents' own housekeeping. */
  readonly asked: number;
  close(): Promise<void>;
}

export async function startScriptedModel(turns: readonly Turn[]): Promise<ScriptedModel> {
  let asked = 0;
  const server = createServer((request, response) => {
    void read(request).then((body) => {
      const { pathname } = new URL(request.url ?? '', 'http://model');
      if (request.method !== 'POST') return send(response, 200, {});
      if (pathname.endsWith('/count_tokens')) return send(response, 200, { input_tokens: 10 });
      // without tools it is asked for a title or a summary, not for the next step
      const isHousekeeping = !Array.isArray(body['tools']) || body['tools'].length === 0;
      const turn = isHousekeeping ? { say: 'A title' } : turns[Math.min(asked++, turns.length - 1)];
      const call = asked;
      if (turn === undefined) return send(response, 500, {});
      if ('fail' in turn) {
        return send(response, turn.fail, {
          type: 'error',
          error: { type: 'api_error', message: 'scripted' },
        });
      }
      if (pathname.endsWith('/messages')) return streamMessages(response, turn, call);
      if (pathname.endsWith('/responses')) {
        return streamResponses(response, turn, call, shellToolOf(body));
      }
      return send(response, 404, {});
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get asked() {
      return asked;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function read(request: IncomingMessage): Promise<Record<string, unknown>> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  const text = Buffer.concat(pieces).toString();
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(body));
}

type Said = Exclude<Turn, { fail: number }>;

/** POST /v1/messages of Anthropic, streamed. */
function streamMessages(response: ServerResponse, turn: Said, call: number): void {
  const usage = { input_tokens: 10, output_tokens: 5 };
  const block =
    'say' in turn
      ? { type: 'text', text: '' }
      : { type: 'tool_use', id: `toolu_${call}`, name: 'Bash', input: {} };
  const delta =
    'say' in turn
      ? { type: 'text_delta', text: turn.say }
      : {
          type: 'input_json_delta',
          partial_json: JSON.stringify({ command: turn.shell, description: 'as scripted' }),
        };
  const message = {
    id: `msg_${call}`,
    type: 'message',
    role: 'assistant',
    model: 'claude-opus-4-8',
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage,
  };
  stream(response, [
    { type: 'message_start', message },
    { type: 'content_block_start', index: 0, content_block: block },
    { type: 'content_block_delta', index: 0, delta },
    { type: 'content_block_stop', index: 0 },
    {
      type: 'message_delta',
      delta: { stop_reason: 'say' in turn ? 'end_turn' : 'tool_use', stop_sequence: null },
      usage,
    },
    { type: 'message_stop' },
  ]);
}

/** By what name this Codex runs shell commands, and with which argument. */
function shellToolOf(body: Record<string, unknown>): (command: string) => {
  name: string;
  arguments: string;
} {
  const tools = (body['tools'] ?? []) as { name?: string }[];
  const name = ['exec_command', 'shell_command', 'shell'].find((known) =>
    tools.some((tool) => tool.name === known),
  );
  const given = {
    exec_command: (cmd: string) => ({ cmd }),
    shell_command: (command: string) => ({ command }),
    shell: (command: string) => ({ command: ['bash', '-lc', command] }),
  }[name ?? 'shell'];
  return (command) => ({ name: name ?? 'shell', arguments: JSON.stringify(given?.(command)) });
}

/** POST /responses of OpenAI, streamed. */
function streamResponses(
  response: ServerResponse,
  turn: Said,
  call: number,
  shellTool: ReturnType<typeof shellToolOf>,
): void {
  const item =
    'say' in turn
      ? {
          type: 'message',
          role: 'assistant',
          id: `msg_${call}`,
          content: [{ type: 'output_text', text: turn.say }],
        }
      : {
          type: 'function_call',
          id: `fc_${call}`,
          call_id: `call_${call}`,
          ...shellTool(turn.shell),
        };
  const usage = {
    input_tokens: 100,
    input_tokens_details: null,
    output_tokens: 10,
    output_tokens_details: null,
    total_tokens: 110,
  };
  stream(response, [
    { type: 'response.created', response: { id: `resp_${call}` } },
    { type: 'response.output_item.done', item },
    { type: 'response.completed', response: { id: `resp_${call}`, usage } },
  ]);
}

function stream(
  response: ServerResponse,
  events: readonly { readonly type: string; readonly [field: string]: unknown }[],
): void {
  response.writeHead(200, { 'Content-Type': 'text/event-stream' });
  for (const event of events) {
    response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  }
  response.end();
}
