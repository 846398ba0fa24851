/** Collects figures and makes a table of their medians and of the ratios within a round. */
import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { cpus, release, totalmem } from 'node:os';

const OURS = 'Agentlight';

export class BenchReport {
  /** By measurement and subject, a figure for each round. */
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

  /** Replaces the table in a page. */
  async writeInto(file: string, rounds: number): Promise<void> {
    const [cpu] = cpus();
    const made = `Made by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}: ${cpus().length} × ${cpu?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GB, Linux ${release()}, Node ${process.versions.node}${versionOfNginx()}. Medians of ${rounds} rounds.`;
    const table = ['| | | median | Agentlight is |', '| --- | --- | --- | --- |', ...this.#rows()];
    const page = await readFile(file, 'utf8');
    const [before, , after] = page.split(/(?<=<!-- table -->\n)|(?=<!-- end of the table -->)/);
    await writeFile(file, `${before}\n${made}\n\n${table.join('\n')}\n\n${after}`);
  }

  #rows(): string[] {
    return [...this.#values].flatMap(([measure, bySubject]) => {
      const unit = unitOf(measure);
      const ours = [...bySubject].find(([subject]) => subject.startsWith(OURS))?.[1] ?? [];
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

/** How many times better Agentlight is: more a second, or less time or memory. */
function ratioText(ours: readonly number[], theirs: readonly number[], unit: Unit): string {
  const ratios = ours.flatMap((value, round) => {
    const other = theirs[round];
    return other === undefined ? [] : [unit === '/s' ? value / other : other / value];
  });
  const ratio = median(ratios);
  return `${ratio >= 99.5 ? Math.round(ratio) : ratio.toPrecision(2)} ×`;
}

function median(values: readonly number[]): number {
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
