/** CREATE SOURCE ... FROM LOAD GENERATOR. Source: documentation of load generator sources. */
import type { ColumnRecord } from '../../catalog/records.ts';
import { generatorTables, type GeneratorName, type GeneratorTable } from '../../clusters/load-generator.ts';
import { planError, unsupported } from '../../errors.ts';
import type { CreateSource, SourceConnection } from '../../sql/nodes.ts';
import { requireFlag } from '../support/flags.ts';
import { OptionList } from '../support/options.ts';
import { creationTarget, type Target } from '../support/resolve.ts';
import type { Scope } from './handler.ts';
import type { PlannedSource, PlannedSubsource } from './planned-source.ts';

type FromGenerator = Extract<SourceConnection, { kind: 'load-generator' }>;

const COMMON = ['TICK INTERVAL', 'AS OF', 'UP TO'];

/** Options each generator takes. */
const OPTIONS: Readonly<Record<GeneratorName, readonly string[]>> = {
  AUCTION: COMMON,
  MARKETING: COMMON,
  TPCH: [...COMMON, 'SCALE FACTOR'],
  COUNTER: [...COMMON, 'MAX CARDINALITY'],
  CLOCK: COMMON,
  DATUMS: COMMON,
  'KEY VALUE': [
    'KEYS',
    'SNAPSHOT ROUNDS',
    'TRANSACTIONAL SNAPSHOT',
    'VALUE SIZE',
    'SEED',
    'PARTITIONS',
    'BATCH SIZE',
    'TICK INTERVAL',
  ],
};

const FLAGS: Partial<Record<GeneratorName, string>> = {
  COUNTER: 'enable_load_generator_counter',
  CLOCK: 'enable_load_generator_clock',
  DATUMS: 'enable_load_generator_datums',
  'KEY VALUE': 'enable_load_generator_key_value',
};

const PREFIX = 'LOAD GENERATOR source validation: ';

function checkOptions(generator: GeneratorName, options: OptionList): void {
  const wrong = options.names().filter((name) => !OPTIONS[generator].includes(name));
  if (wrong.length > 0) {
    throw planError(`${generator} load generators do not support ${wrong.join(', ')} values`);
  }
  const asOf = options.unsigned('AS OF', Number.MAX_SAFE_INTEGER) ?? 0;
  const upTo = options.unsigned('UP TO', Number.MAX_SAFE_INTEGER);
  if (upTo !== undefined && upTo < asOf) throw planError('UP TO cannot be less than AS OF');
}

/** Options as they are kept: canonical text. */
function keptOptions(options: OptionList): { readonly name: string; readonly value: string }[] {
  const kept: { name: string; value: string }[] = [];
  const tick = options.interval('TICK INTERVAL');
  if (tick !== undefined) kept.push({ name: 'TICK INTERVAL', value: `'${(tick ?? 0) / 1000}s'` });
  for (const name of ['AS OF', 'UP TO', 'MAX CARDINALITY', 'SCALE FACTOR']) {
    const value = options.unsigned(name, Number.MAX_SAFE_INTEGER);
    if (value !== undefined) kept.push({ name, value: String(value) });
  }
  return kept.sort((a, b) => (a.name < b.name ? -1 : 1));
}

export function planLoadGenerator(
  node: CreateSource,
  from: FromGenerator,
  target: Target,
  scope: Scope,
): PlannedSource {
  const generator = from.generator.toUpperCase() as GeneratorName;
  const flag = FLAGS[generator];
  if (flag !== undefined) requireFlag(scope, flag);
  const options = new OptionList(from.options);
  checkOptions(generator, options);
  const tables = generatorTables(generator);
  if (tables === null) throw unsupported(`LOAD GENERATOR ${generator} is`);
  if (node.format !== null || node.envelope !== null || node.include.length > 0) {
    throw unsupported('FORMAT, ENVELOPE and INCLUDE of load generators are');
  }
  const single = tables.length === 1 && tables[0]!.name === null;
  const subsources = single ? refuseTables(node) : chosenTables(node, generator, tables, target, scope);
  return {
    columns: single ? columnsOf(tables[0]!) : [],
    dependsOn: [],
    subsources,
    progressColumn: 'offset',
    detail: () => ({
      type: 'load-generator',
      generator,
      options: keptOptions(options),
      forAllTables: node.references?.kind === 'all tables',
    }),
  };
}

function columnsOf(table: GeneratorTable): readonly ColumnRecord[] {
  return table.columns;
}

/** A generator with one output takes no FOR clause. */
function refuseTables(node: CreateSource): readonly PlannedSubsource[] {
  switch (node.references?.kind) {
    case undefined:
      return [];
    case 'all tables':
      throw planError(`${PREFIX}FOR ALL TABLES is only valid for multi-output sources`);
    case 'tables':
      throw planError(`${PREFIX}FOR TABLES (..) unsupported`);
    case 'schemas':
      throw planError(`${PREFIX}FOR SCHEMAS (..) unsupported`);
  }
}

function chosenTables(
  node: CreateSource,
  generator: GeneratorName,
  tables: readonly GeneratorTable[],
  target: Target,
  scope: Scope,
): readonly PlannedSubsource[] {
  const { references } = node;
  if (references === null) {
    throw planError(`${PREFIX}multi-output sources require a FOR TABLES (..) or FOR ALL TABLES statement`);
  }
  if (references.kind === 'schemas') throw planError(`${PREFIX}FOR SCHEMAS (..) unsupported`);
  const subsource = (table: GeneratorTable, at: Target): PlannedSubsource => ({
    target: at,
    columns: columnsOf(table),
    externalReference: ['mz_load_generators', generator.toLowerCase(), table.name ?? ''],
  });
  if (references.kind === 'all tables') {
    return tables.map((table) => subsource(table, { schema: target.schema, name: table.name ?? '' }));
  }
  return references.tables.map(({ reference, alias }) => {
    const path = ['mz_load_generators', generator.toLowerCase()];
    const table = tables.find((t) => matches([...path, t.name ?? ''], reference.parts));
    if (table === undefined) throw planError(`reference to ${reference.parts.join('.')} not found in source`);
    const at =
      alias === null ? { schema: target.schema, name: table.name ?? '' } : creationTarget(scope, alias);
    return subsource(table, at);
  });
}

/** A reference may leave out leading parts. */
function matches(full: readonly string[], reference: readonly string[]): boolean {
  return (
    reference.length <= full.length &&
    reference.every((part, i) => full[full.length - reference.length + i] === part)
  );
}
