/** Commands that print our own events, one JSON object a line: `{"type": "run.progress", "data": {"value": 0.4}}`. */
import type { Ending, Heard, Listener, Said } from '../../adapters/output/listener.ts';
import { parseObject } from '../../adapters/json.ts';
import { Lines } from '../../adapters/output/lines.ts';
import { readSaid } from '../socket/run-request.ts';

/** As the socket of a run takes. */
const MAX_LINE_CHARS = 200_000;

/** What is no event is output, and what could be one but is not valid is shown together with the reason. */
export class NdjsonListener implements Listener {
  readonly #lines = new Lines(MAX_LINE_CHARS);

  hear(stream: 'stdout' | 'stderr', text: string): Heard {
    return stream === 'stderr' ? { said: [], shown: text } : hearLines(this.#lines.push(text));
  }

  end(): Heard & Ending {
    return hearLines(this.#lines.end());
  }
}

function hearLines(lines: readonly string[]): Heard {
  const said: Said[] = [];
  let shown = '';
  for (const line of lines) {
    const event = parseObject(line);
    const type = event?.['type'];
    const read = typeof type === 'string' ? readSaid(type, event?.['data'] ?? {}) : undefined;
    if (typeof read === 'object') said.push(read);
    else shown += read === undefined ? `${line}\n` : `${line}\n[agentlight] ${read}\n`;
  }
  return { said, shown };
}
