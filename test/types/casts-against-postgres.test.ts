/** Casts, type modifiers and common types, held against PostgreSQL. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SqlError } from '../../src/errors.ts';
import { allCasts, findCast } from '../../src/types/cast.ts';
import { NO_SESSION } from '../../src/types/cast-session.ts';
import { decodeText, textEncoder } from '../../src/types/codec.ts';
import { commonType } from '../../src/types/coercion.ts';
import { allTypes, UNKNOWN } from '../../src/types/registry.ts';
import { parseTypeName } from '../../src/types/type-names.ts';
import { formatType } from '../../src/types/typmod.ts';
import { findPostgresBinaries } from '../support/postgres.ts';
import { startOracle, type TypeOracle } from './oracle.ts';
import { SAMPLES } from './samples.ts';

const SOURCES = [
  'bool',
  'int2',
  'int4',
  'int8',
  'oid',
  'float4',
  'float8',
  'numeric',
  'text',
  'varchar',
  'bpchar',
  'name',
  '"char"',
  'date',
  'time',
  'timetz',
  'timestamp',
  'timestamptz',
  'interval',
  'uuid',
  'int4[]',
  'text[]',
  'int2vector',
  'bytea',
  'int4range',
];
const TARGETS = [
  ...SOURCES,
  'int8[]',
  'jsonb',
  'varchar(3)',
  'char(4)',
  'numeric(6,2)',
  'timestamp(0)',
  'time(2)',
  'interval(1)',
  'interval day',
  'interval hour to minute',
  'numeric(3,-2)',
  'varchar(2)[]',
  'timestamptz(3)',
  'interval year to month',
  'int2[]',
  'float8[]',
];

/** Where we part from PostgreSQL on purpose. */
function isOwn(from: string, to: string, input: string): boolean {
  // Materialize casts between bool and bigint.
  if ((from === 'bool' && to === 'int8') || (from === 'int8' && to === 'bool')) return true;
  // Our text is UTF-8 always; PostgreSQL lets a lone byte of "char" into character.
  if (from === '"char"' && (to === 'bpchar' || to === 'char(4)')) return true;
  // Rounding past the last timestamp, or past the largest interval, is refused; PostgreSQL leaves its range or wraps.
  if (to.includes('(') && input.startsWith('294276-12-31')) return true;
  return to === 'interval(1)' && input.startsWith('2562047788:00:54');
}

const INTERVAL_MASKS: Readonly<Record<string, readonly [number, number]>> = {
  'interval(1)': [32767, 1],
  'interval day': [8, 65535],
  'interval hour to minute': [3072, 65535],
  'interval year to month': [6, 65535],
};

/** Our type of a SQL name; interval fields have a grammar of their own, which statements parse. */
function resolve(name: string): {
  readonly type: ReturnType<typeof allTypes>[number];
  readonly typmod: number;
} {
  const mask = INTERVAL_MASKS[name];
  const parsed = parseTypeName(mask === undefined ? name : 'interval');
  if (parsed === undefined) throw new Error(`no type ${name}`);
  return mask === undefined ? parsed : { type: parsed.type, typmod: (mask[0] << 16) | mask[1] };
}

function castHere(from: string, to: string, input: string): string {
  const source = resolve(from);
  const target = resolve(to);
  const cast = findCast(source.type, target.type, 'explicit');
  if (cast === undefined) return 'refused';
  try {
    const value = cast(decodeText(source.type, input), target.typmod, NO_SESSION);
    return value === null ? '' : textEncoder(target.type)(value);
  } catch (error) {
    if (error instanceof SqlError) return 'refused';
    throw error;
  }
}

describe.skipIf(findPostgresBinaries() === undefined)(
  'casts against PostgreSQL (skipped when it is not installed)',
  () => {
    let oracle: TypeOracle;
    beforeAll(async () => {
      const started = await startOracle();
      if (started === null) throw new Error('PostgreSQL did not start');
      oracle = started;
    });
    afterAll(() => oracle.stop());

    it.each(SOURCES)('%s to every type', async (from) => {
      const verdicts = await oracle.read(from, SAMPLES[from] ?? []);
      // Text of local dates is compared in the type tests; json text differs from PostgreSQL's by blanks only.
      const inputs = (SAMPLES[from] ?? []).filter((_, i) => verdicts[i] !== null);
      const wrong: string[] = [];
      for (const to of TARGETS) {
        const results = await oracle.evaluate(`format('%s', ($1::${from})::${to})`, inputs);
        for (const [i, input] of inputs.entries()) {
          const theirs = results[i] ?? 'refused';
          const ours = castHere(from, to, input);
          if (ours !== theirs && !isOwn(from, to, input))
            wrong.push(`${JSON.stringify(input)}::${from}::${to}: ours ${ours}, PostgreSQL ${theirs}`);
        }
      }
      expect(wrong).toEqual([]);
    });

    it('has the contexts of pg_cast', async () => {
      const oids = allTypes()
        .filter((type) => type.oid < 16384)
        .map((type) => type.oid);
      const [rows] = await oracle.evaluate(
        `(select string_agg(format('%s>%s %s', s.typname, t.typname, castcontext), E'\\n')
        from pg_cast join pg_type s on s.oid = castsource join pg_type t on t.oid = casttarget
        where castsource <> casttarget and castsource = any($1::oid[]) and casttarget = any($1::oid[]))`,
        [`{${oids.join(',')}}`],
      );
      const theirs = (rows ?? '').split('\n').sort();
      const letters = { implicit: 'i', assignment: 'a', explicit: 'e' } as const;
      const native = (oid: number): boolean => oid < 16384;
      const ours = allCasts()
        .filter((cast) => native(cast.from.oid) && native(cast.to.oid))
        .map((cast) => `${cast.from.name}>${cast.to.name} ${letters[cast.context]}`)
        .sort();
      // bool and bigint cast both ways in Materialize only, where json and jsonb are one type.
      const own = ['bool>int8 e', 'int8>bool e', 'json>jsonb i'];
      const others = theirs.filter((cast) => cast !== 'json>jsonb a');
      expect(ours.filter((cast) => !own.includes(cast))).toEqual(others);
    });

    it('names every type as format_type', async () => {
      const [plain] = await oracle.evaluate(
        "(select string_agg(oid || '=' || format_type(oid, null), E'\\n') from pg_type where oid = any($1::oid[]))",
        [
          `{${allTypes()
            .map((type) => type.oid)
            .filter((oid) => oid < 16384)
            .join(',')}}`,
        ],
      );
      const theirs = new Map((plain ?? '').split('\n').map((line) => line.split('=') as [string, string]));
      const wrong = allTypes()
        .filter((type) => type.oid < 16384 && theirs.get(String(type.oid)) !== formatType(type))
        .map((type) => `${formatType(type)}: PostgreSQL ${theirs.get(String(type.oid)) ?? 'has none'}`);
      expect(wrong).toEqual([]);
    });

    it('encodes and prints modifiers as PostgreSQL', async () => {
      const names = [
        'varchar(3)',
        'char(4)',
        'numeric(6,2)',
        'numeric(3,-2)',
        'timestamp(0)',
        'timestamptz(3)',
        'time(2)',
        'timetz(1)',
        'varchar(2)[]',
        'numeric(10)',
        'bpchar',
        'char',
        ...Object.keys(INTERVAL_MASKS),
      ];
      const results = await Promise.all(names.map(async (name) => (await oracle.modifier(name)).join(' ')));
      const ours = names.map((name) => {
        const { type, typmod } = resolve(name);
        return `${String(typmod)} ${formatType(type, typmod)}`;
      });
      expect(ours).toEqual(results);
    });

    it('finds the common type that CASE takes', async () => {
      const names = [
        'int2',
        'int4',
        'int8',
        'float4',
        'float8',
        'numeric',
        'text',
        'varchar',
        'bpchar',
        'name',
        '"char"',
        'date',
        'timestamp',
        'timestamptz',
        'time',
        'timetz',
        'interval',
        'bool',
        'oid',
        'regclass',
        'uuid',
        'jsonb',
        'unknown',
        'int4[]',
        'text[]',
      ];
      const wrong: string[] = [];
      for (const left of names) {
        const literal = (name: string): string => (name === 'unknown' ? 'null' : `null::${name}`);
        for (const right of names) {
          const [theirs] = await oracle.evaluate(
            `pg_typeof(case when $1 = 't' then ${literal(left)} else ${literal(right)} end)::oid`,
            ['t'],
          );
          const types = [left, right].map((name) => (name === 'unknown' ? UNKNOWN : resolve(name).type));
          // CASE asks for the type of ELSE first.
          const ours = commonType([...types].reverse());
          if (String(ours?.oid) !== String(theirs))
            wrong.push(`${left}, ${right}: ours ${ours?.name ?? 'none'}, PostgreSQL ${String(theirs)}`);
        }
      }
      expect(wrong).toEqual([]);
    });
  },
);
