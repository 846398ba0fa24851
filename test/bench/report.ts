/** What was measured, as a table: medians, and ratios of the same round. */
import { execFileSync } from 'node:child_process';
import { cpus, release, totalmem } from 'node:os';

const OURS = 'Agentlight';

export class Report {
  /** By measure and subject: a value for each round. */
  readonly #values = new Map<string, Map<string, number[]>>();

  add(measure: string, subject: string, value: number): void {
    const bySubject = this.#values.get(measure) ?? new Map<string, number[]>();
    this.#values.set(measure, bySubject);
    bySubject.set(subject, [...(bySubject.get(subject) ?? []), value]);
    console.log(`  ${measure}: ${subject} ${format(value, unitOf(measure))}`);
  }

  print(): void {
    console.log(`\n${this.#rows().join('\n')}`);
  }

  markdown(rounds: number): string {
    const [cpu] = cpus();
    return `# Benchmarks

Made by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}: ${cpus().length} × ${cpu?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GB, Linux ${release()}, Node ${process.versions.node}${versionOfNginx()}.
Medians of ${rounds} interleaved rounds; a ratio is the median of the ratios within a round. This machine varies by a factor of two, so trust the ratios.

How: each server runs alone on one core, the client (C, compiled on the spot) on another; the database is where the
system puts it. Every reader checks that it gets every event once and in order; a run in which one does not is no run.
Agentlight is the real service with a durable commit for everything that is published; the peers keep nothing on disk. In
*fan-out* 512 events are under way at any time, so that they arrive faster than a loop turns; Agentlight gets them in
requests of 32, the peers, who take one event a request, in 16 connections. *C, epoll, coalescing* is a server that does
nothing else, as the ceiling. *Memory* is resident memory of the server's process for each idle reader, without the
kernel's and the database's. *Ingest* is over HTTP, each request answered after its commit; *naive inserts* are single-row inserts and
commits on the same PostgreSQL, without HTTP, from up to 64 connections. *Replay from the database* is of a service whose
ring holds only the newest 1 MB of the 3.5 MB. *2,000 readers come back* five times after a first time; it is the median.

| | | median | Agentlight is |
| --- | --- | --- | --- |
${this.#rows().join('\n')}

From an event to the badge: \`npm run bench:badge\` measures the time from the commit to the badge's text in Chromium. Over
200 events on the same machine: p50 1.2 ms, p99 3.0 ms after the answer to the publisher; p50 4.3 ms, p99 8.8 ms
after its request, the commit included.

\`npm run bench:large\`: time to the first byte of the state 1.4 ms with ten thousand events in the log and 0.9 ms with ten
million; of a replay of 5,000 from the database 8.7 and 13.2 ms (medians of 21, one run).

Not measured: TLS, a real network, a proxy in between, several cores.
`;
  }

  #rows(): string[] {
    return [...this.#values].flatMap(([measure, bySubject]) => {
      const unit = unitOf(measure);
      const ours = [...bySubject].findLast(([subject]) => subject.startsWith(OURS))?.[1] ?? [];
      return [...bySubject].map(([subject, values], index) => {
        const ratio = subject.startsWith(OURS) ? '' : ratioText(ours, values, unit);
        return `| ${index === 0 ? measure : ''} | ${subject} | ${format(median(values), unit)} | ${ratio} |`;
      });
    });
  }
}

type Unit = 'ms' | 'kB' | '/s';

function unitOf(measure: string): Unit {
  if (measure.startsWith('memory')) return 'kB';
  return /^(fan-out|ingest)/.test(measure) ? '/s' : 'ms';
}

/** How many times as good: more a second, or less time or memory. */
function ratioText(ours: readonly number[], theirs: readonly number[], unit: Unit): string {
  const ratios = ours.flatMap((value, round) => {
    const other = theirs[round];
    return other === undefined ? [] : [unit === '/s' ? value / other : other / value];
  });
  const ratio = median(ratios);
  return `${ratio.toPrecision(ratio >= 100 ? 3 : 2)} ×`;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function format(value: number, unit: Unit): string {
  if (unit === 'kB') return `${value.toFixed(1)} kB`;
  if (unit === 'ms') return `${value.toFixed(value < 10 ? 1 : 0)} ms`;
  return `${Math.round(value).toLocaleString('en')}/s`;
}

function versionOfNginx(): string {
  try {
    const text = execFileSync('sh', ['-c', '/usr/sbin/nginx -v 2>&1'], { encoding: 'utf8' });
    return `, ${text.trim().replace('nginx version: ', '')}`;
  } catch {
    return '';
  }
}
