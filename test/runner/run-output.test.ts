import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LIMITS } from '../../protocol/wire/limits.ts';
import type { ParsedEvent } from '../../service/adapters/output/output-parser.ts';
import { RunOutput } from '../../service/runner/output/run-output.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function collect(maxRunChars?: number) {
  const pieces: [stream: string, text: string][] = [];
  const events: ParsedEvent[] = [];
  const output = new RunOutput({
    emit: (stream, text) => void pieces.push([stream, text]),
    onEvent: (event) => void events.push(event),
    ...(maxRunChars !== undefined && { maxRunChars }),
  });
  return { output, pieces, events };
}

test('gathers for 50 ms what comes in small pieces', () => {
  const { output, pieces } = collect();
  output.push('stdout', Buffer.from('a'));
  output.push('stdout', Buffer.from('b'));
  vi.advanceTimersByTime(49);
  expect(pieces).toEqual([]);
  vi.advanceTimersByTime(1);
  output.push('stdout', Buffer.from('c'));
  output.end();
  expect(pieces).toEqual([
    ['stdout', 'ab'],
    ['stdout', 'c'],
  ]);
});

test('keeps the order of the two streams', () => {
  const { output, pieces } = collect();
  output.push('stdout', Buffer.from('1'));
  output.push('stderr', Buffer.from('2'));
  output.push('stdout', Buffer.from('3'));
  output.end();
  expect(pieces.map(([stream, text]) => stream + text)).toEqual(['stdout1', 'stderr2', 'stdout3']);
});

test('puts characters together that were cut between two chunks, on each stream by itself', () => {
  const { output, pieces } = collect();
  const bytes = Buffer.from('é😀');
  for (const byte of bytes) {
    output.push('stdout', Buffer.from([byte]));
    output.push('stderr', Buffer.from([byte]));
  }
  output.end();
  const textOf = (wanted: string) =>
    pieces.flatMap(([stream, text]) => (stream === wanted ? text : [])).join('');
  expect(textOf('stdout')).toBe('é😀');
  expect(textOf('stderr')).toBe('é😀');
});

test('bytes that are no text become the replacement character', () => {
  const { output, pieces } = collect();
  output.push('stdout', Buffer.from([0x61, 0xff, 0xf0, 0x9f]));
  output.end();
  expect(pieces.map(([, text]) => text).join('')).toBe('a\ufffd\ufffd');
});

test('splits what is too long for one event, but no character', () => {
  const { output, pieces } = collect();
  const text = `x${'😀'.repeat(LIMITS.outputChars)}`;
  output.push('stdout', Buffer.from(text));
  output.end();
  expect(pieces.map(([, piece]) => piece).join('')).toBe(text);
  for (const [, piece] of pieces) {
    expect(piece.length).toBeLessThanOrEqual(LIMITS.outputChars);
    expect(piece.isWellFormed()).toBe(true);
  }
});

test('reports a limited amount, says so once, and still knows the last lines', () => {
  const { output, pieces } = collect(10);
  for (const text of ['12345678', '9012', 'more', 'last\n']) {
    output.push('stdout', Buffer.from(text));
    vi.advanceTimersByTime(50);
  }
  output.end();
  expect(pieces).toEqual([
    ['stdout', '12345678'],
    ['stderr', expect.stringContaining('beyond 10 characters is not reported')],
  ]);
  expect(output.tail.read()).toBe('123456789012morelast');
});

test('events for programs are told as what they mean, and not shown as output', () => {
  const { output, pieces, events } = collect();
  output.push('stdout', Buffer.from('> agent\n'));
  output.push('stdout', Buffer.from('{"type":"thread.started","thread_id":"t"}\n'));
  output.push('stdout', Buffer.from('{"type":"item.completed","item":{"id":"1","type":"agent_'));
  output.push('stderr', Buffer.from('careful\n'));
  output.push('stdout', Buffer.from('message","text":"Hello."}}\n'));
  expect(output.end()).toMatchObject({ failed: true, message: 'It ended without a result.' });
  expect(events).toEqual([{ type: 'message.added', data: { role: 'assistant', text: 'Hello.' } }]);
  expect(pieces).toEqual([
    ['stdout', '> agent\n'],
    ['stderr', 'careful\n'],
  ]);
});

test('plain output has no control sequences, wherever the pieces are cut, and the same text', () => {
  const text =
    'a\u001b[1;31mred\u001b[0m\u001b]8;;https://x.example\u0007link\u001b]8;;\u001b\\ z\u001b[2K\n';
  for (let size = 1; size <= text.length; size += 1) {
    const pieces: string[] = [];
    const output = new RunOutput({
      emit: (_stream, piece) => void pieces.push(piece),
      onEvent: () => {},
      isPlain: true,
    });
    for (let at = 0; at < text.length; at += size) {
      output.push('stdout', Buffer.from(text.slice(at, at + size)));
    }
    output.end();
    expect(pieces.join('')).toBe('aredlink z\n');
  }
});
