/** Collects measurements and prints them as Markdown. */
import { cpus, totalmem } from 'node:os';

/** One measurement of both servers; `peer` is absent where PostgreSQL has nothing alike. */
export interface Line {
  readonly what: string;
  readonly unit: string;
  readonly ours: number;
  readonly peer?: number;
  /** What a good ratio is: more operations, or less time and memory. */
  readonly better: 'more' | 'less';
  readonly note?: string;
}

export class Report {
  readonly #lines: Line[] = [];
  readonly #peerName: string;

  constructor(peerName: string) {
    this.#peerName = peerName;
  }

  add(line: Line): void {
    this.#lines.push(line);
    process.stderr.write(`${row(line)}\n`);
  }

  /** The whole report: machine, date, table. */
  markdown(): string {
    const cores = cpus();
    const machine = `${cores.length} cores (${cores[0]?.model.trim() ?? 'unknown'}), ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Node ${process.versions.node}, ${process.platform}`;
    return [
      `Measured on ${new Date().toISOString().slice(0, 10)}: ${machine}. Clients, Tumbler and ${this.#peerName} share the machine.`,
      'Ratio is Tumbler to PostgreSQL: above 1 is better for throughput, below 1 for time and memory.',
      '',
      '| measured | Tumbler | PostgreSQL | ratio | |',
      '| --- | ---: | ---: | ---: | --- |',
      ...this.#lines.map(row),
      '',
    ].join('\n');
  }
}

function row({ what, unit, ours, peer, better, note }: Line): string {
  const shown = (value: number | undefined): string =>
    value === undefined ? '' : `${number(value)} ${unit}`;
  const ratio = peer === undefined ? '' : (ours / peer).toFixed(2);
  const good = peer === undefined ? true : better === 'more' ? ours >= peer : ours <= peer;
  return `| ${what} | ${shown(ours)} | ${shown(peer)} | ${ratio}${good ? '' : ' (behind)'} | ${note ?? ''} |`;
}

function number(value: number): string {
  if (value >= 1000) return Math.round(value).toLocaleString('en-GB');
  return value >= 100 ? value.toFixed(0) : value >= 1 ? value.toFixed(1) : value.toFixed(3);
}

/** The middle one of several measurements. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
