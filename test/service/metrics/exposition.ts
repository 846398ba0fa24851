/**
 * Parses the text format of Prometheus (0.0.4) as strictly as `promtool check metrics`: what promtool refuses or
 * reports as bad style is an error here.
 */

export interface Family {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  /** By name and labels as written in the text, such as `x_total{type="a"}`. */
  readonly samples: ReadonlyMap<string, Sample>;
}

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(.*)\\})? (\\S+)$`);
const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/;

/** @throws Error that names the line or the metric. */
export function readExposition(text: string): ReadonlyMap<string, Family> {
  if (!text.endsWith('\n')) throw new Error('The last line has no line break.');
  const families = new Map<string, Family & { samples: Map<string, Sample> }>();
  let current: (Family & { samples: Map<string, Sample> }) | undefined;
  let help: { name: string; text: string } | undefined;
  for (const line of text.split('\n').filter((one) => one !== '')) {
    const [, keyword, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? [];
    if (keyword === 'HELP') help = { name, text: rest };
    else if (keyword === 'TYPE') {
      if (help?.name !== name) throw new Error(`${name} has no help.`);
      if (families.has(name)) throw new Error(`${name} is declared twice.`);
      current = { name, type: rest, help: help.text, samples: new Map() };
      families.set(name, current);
    } else addSample(current, line);
  }
  for (const family of families.values()) {
    // prom-client names the metrics of Node itself
    if (family.name.startsWith('agentlight_')) checkStyle(family);
    checkSamples(family);
  }
  return families;
}

function addSample(
  family: { name: string; samples: Map<string, Sample> } | undefined,
  line: string,
) {
  const [, name = '', labelText = '', valueText = ''] = SAMPLE.exec(line) ?? [];
  if (name === '') throw new Error(`Not a line of the format: ${line}`);
  if (!family || name.replace(/_(bucket|sum|count)$/, '') !== family.name) {
    if (family?.name !== name) throw new Error(`${name} is not grouped with its metric: ${line}`);
  }
  const value = valueText === '+Inf' ? Number.POSITIVE_INFINITY : Number(valueText);
  if (Number.isNaN(value) && valueText.toLowerCase() !== 'nan')
    throw new Error(`Not a number: ${line}`);
  const labels = readLabels(labelText, line);
  const key = line.slice(0, -valueText.length - 1);
  if (family.samples.has(key)) throw new Error(`The series ${key} appears twice.`);
  family.samples.set(key, { name, labels, value });
}

function readLabels(text: string, line: string): Record<string, string> {
  const labels: Record<string, string> = {};
  for (let rest = text; rest !== ''; ) {
    const [all = '', name = '', value = ''] = LABEL.exec(rest) ?? [];
    if (all === '') throw new Error(`Bad labels: ${line}`);
    if (Object.hasOwn(labels, name)) throw new Error(`The label ${name} appears twice: ${line}`);
    labels[name] = value;
    rest = rest.slice(all.length);
  }
  return labels;
}

function checkStyle({ name, type, help }: Family): void {
  if (!/^[a-z][a-z0-9_]*$/.test(name)) throw new Error(`${name} should be in snake_case.`);
  if (/_(ms|milliseconds|kb|mb|percent)(_|$)/.test(name)) throw new Error(`${name}: no base unit.`);
  if (help.length < 5) throw new Error(`${name} needs a help text.`);
  if ((type === 'counter') !== name.endsWith('_total')) {
    throw new Error(`${name} is a ${type}: counters, and only they, end in _total.`);
  }
}

function checkSamples({ name, type, samples }: Family): void {
  const values = [...samples.values()];
  if (type === 'counter' && values.some(({ value }) => !(value >= 0))) {
    throw new Error(`${name} is negative.`);
  }
  if (type === 'histogram') checkHistogram(name, values);
}

function checkHistogram(name: string, samples: readonly Sample[]): void {
  const series = Map.groupBy(samples, ({ labels: { le: _le, ...rest } }) => JSON.stringify(rest));
  for (const ofSeries of series.values()) {
    const valueOf = (suffix: string) => ofSeries.find((one) => one.name === name + suffix)?.value;
    const buckets = ofSeries.filter((one) => one.name === `${name}_bucket`);
    const bounds = buckets.map(({ labels: { le = '' } }) => Number(le.replace('+Inf', 'Infinity')));
    const counts = buckets.map(({ value }) => value);
    const ascend = (list: number[]) =>
      list.every((item, at) => at === 0 || item >= (list[at - 1] ?? 0));
    if (!ascend(bounds) || !ascend(counts)) throw new Error(`${name}: buckets must ascend.`);
    if (bounds.at(-1) !== Number.POSITIVE_INFINITY || counts.at(-1) !== valueOf('_count')) {
      throw new Error(`${name}: the last bucket must contain all observations.`);
    }
    if (valueOf('_sum') === undefined) throw new Error(`${name} has no sum.`);
  }
}
