import { describe, expect, it } from 'vitest';
import { SqlError } from '../errors.ts';
import { castDatum, findCast } from './cast.ts';
import { type CastSession, NO_SESSION } from './cast-session.ts';
import { castError, commonType, commonTypeError, isCoercible } from './coercion.ts';
import { decodeText, textEncoder } from './codec.ts';
import { AclItemDatum, SqlArray } from './datum.ts';
import * as t from './registry.ts';
import type { SqlType } from './sql-type.ts';
import { encodeTypmod } from './typmod.ts';

const session: CastSession = {
  ...NO_SESSION,
  timeZone: 'Europe/Berlin',
  resolveReg: (_kind, name) => {
    if (name === 'orders') return 20001;
    throw new SqlError('XX000', `relation "${name}" does not exist`);
  },
  regName: (_kind, oid) => (oid === 20001 ? 'orders' : undefined),
  roleNameById: (id) => (id === 'u1' ? 'joe' : undefined),
  roleByOid: (oid) => (oid === 20000 ? { id: 'u1', name: 'joe' } : undefined),
  roleOidById: (id) => (id === 'u1' ? 20000 : undefined),
};

/** Text of `text::from::to`. */
function cast(text: string, from: SqlType, to: SqlType, typmod = -1): string | null {
  const convert = findCast(from, to, 'explicit');
  if (convert === undefined) throw new Error('no cast');
  const value = convert(decodeText(from, text, -1, session), typmod, session);
  return value === null ? null : textEncoder(to, session)(value);
}

describe('casts that Materialize adds', () => {
  it.each([
    ['7', t.INT4, t.UINT2, '7'],
    ['65535', t.UINT2, t.INT8, '65535'],
    ['18446744073709551615', t.UINT8, t.NUMERIC, '18446744073709551615'],
    ['1.5', t.FLOAT8, t.UINT4, '2'],
    ['1000', t.INT8, t.MZ_TIMESTAMP, '1000'],
    ['2024-01-01 00:00:00+00', t.TIMESTAMPTZ, t.MZ_TIMESTAMP, '1704067200000'],
    ['1704067200000', t.MZ_TIMESTAMP, t.TIMESTAMP, '2024-01-01 00:00:00'],
    ['{a,b}', t.TEXT, t.listOf(t.TEXT), '{a,b}'],
    ['{1,2}', t.INT4_ARRAY, t.listOf(t.INT8), '{1,2}'],
    ['{1,2}', t.listOf(t.INT4), t.listOf(t.TEXT), '{1,2}'],
    ['{a=>1}', t.mapOf(t.INT4), t.mapOf(t.TEXT), '{a=>1}'],
    ['{a=>1}', t.mapOf(t.INT4), t.TEXT, '{a=>1}'],
  ] as const)('%s from %o to %o', (text, from, to, expected) => {
    expect(cast(text, from, to)).toBe(expected);
  });

  it.each([
    ['-1', t.INT4, t.UINT4, '"-1" uint4 out of range'],
    ['70000', t.INT4, t.UINT2, '"70000" uint2 out of range'],
    ['2147483648', t.INT8, t.INT4, '"2147483648" integer out of range'],
    ['NaN', t.FLOAT8, t.INT4, '"NaN" integer out of range'],
    [
      '{{1},{2}}',
      t.INT4_ARRAY,
      t.listOf(t.INT4),
      'casting multi-dimensional array to list; got 2-dimensional array not supported',
    ],
    ['"x"', t.JSONB, t.INT4, 'cannot cast jsonb string to type integer'],
  ] as const)('%s from %o to %o is refused', (text, from, to, message) => {
    expect(() => cast(text, from, to)).toThrow(message);
  });
});

describe('casts that ask the session', () => {
  it('reads and prints timestamps in its zone', () => {
    expect(cast('2024-07-01 12:00:00', t.TIMESTAMP, t.TIMESTAMPTZ)).toBe('2024-07-01 12:00:00+02');
    expect(cast('2024-07-01 12:00:00+00', t.TIMESTAMPTZ, t.TEXT)).toBe('2024-07-01 14:00:00+02');
    expect(cast('2024-07-01 23:00:00+00', t.TIMESTAMPTZ, t.DATE)).toBe('2024-07-02');
  });

  it('resolves names and prints them', () => {
    expect(cast('orders', t.TEXT, t.REGCLASS)).toBe('orders');
    expect(cast('20001', t.OID, t.REGCLASS)).toBe('orders');
    expect(cast('42', t.OID, t.REGCLASS)).toBe('42');
    expect(cast('orders', t.REGCLASS, t.OID)).toBe('20001');
    expect(() => cast('nothing', t.TEXT, t.REGCLASS)).toThrow('relation "nothing" does not exist');
  });

  it('names the roles of access control items as text, ids elsewhere', () => {
    expect(cast('u1=U/u1', t.MZ_ACLITEM, t.TEXT)).toBe('joe=U/joe');
    expect(cast('=U/u9', t.MZ_ACLITEM, t.TEXT)).toBe('=U/u9');
    expect(cast('{u1=U/u1,=r/u1}', t.MZ_ACLITEM_ARRAY, t.TEXT)).toBe('{joe=U/joe,=r/joe}');
    expect(cast('20000=r/20000', t.ACLITEM, t.TEXT)).toBe('joe=r/joe');
    expect(cast('u1=U/u1', t.MZ_ACLITEM, t.ACLITEM)).toBe('joe=U/joe');
    expect(cast('u9=U/u1', t.MZ_ACLITEM, t.ACLITEM)).toBe(null);
    const items = new SqlArray([new AclItemDatum('u1', 'U', 'u1')]);
    expect(textEncoder(t.MZ_ACLITEM_ARRAY, session)(items)).toBe('{u1=U/u1}');
  });
});

describe('contexts', () => {
  it('reads a literal of a secret, and asks for a written cast from text', () => {
    expect(isCoercible(t.UNKNOWN, t.BYTEA)).toBe(true);
    expect(castDatum('a\\101', t.UNKNOWN, t.BYTEA)).toEqual(Buffer.from('aA'));
    expect(isCoercible(t.TEXT, t.BYTEA)).toBe(false);
    expect(isCoercible(t.TEXT, t.BYTEA, 'assignment')).toBe(false);
    expect(isCoercible(t.TEXT, t.BYTEA, 'explicit')).toBe(true);
  });

  it('prints everything to text on assignment only', () => {
    for (const type of [t.INT4, t.JSONB, t.listOf(t.INT4), t.INT4_ARRAY, t.UUID, t.MZ_TIMESTAMP]) {
      expect(isCoercible(type, t.TEXT)).toBe(false);
      expect(isCoercible(type, t.TEXT, 'assignment')).toBe(true);
    }
  });

  it('cuts on a written cast, refuses on assignment', () => {
    const typmod = encodeTypmod(t.VARCHAR, [3]);
    expect(findCast(t.TEXT, t.VARCHAR, 'explicit')?.('abcd', typmod, session)).toBe('abc');
    expect(() => findCast(t.TEXT, t.VARCHAR, 'assignment')?.('abcd', typmod, session)).toThrow(
      'value too long for type character varying(3)',
    );
  });

  it('leaves NULL alone', () => {
    expect(findCast(t.TEXT, t.INT4, 'explicit')?.(null, -1, session)).toBe(null);
    expect(findCast(t.UNKNOWN, t.INTERVAL, 'explicit')?.(null, -1, session)).toBe(null);
  });

  it('has no casts to or from what is no value', () => {
    expect(findCast(t.INT4, t.UUID, 'explicit')).toBeUndefined();
    expect(findCast(t.VOID, t.TEXT, 'explicit')).toBeUndefined();
    expect(findCast(t.BYTEA, t.INT4, 'explicit')).toBeUndefined();
  });
});

describe('common types', () => {
  it('meets in the wider type of a category, and not across categories', () => {
    expect(commonType([t.UNKNOWN, t.INT4, t.INT8])).toBe(t.INT8);
    expect(commonType([t.UNKNOWN, t.UNKNOWN])).toBe(t.TEXT);
    expect(commonType([t.UINT4, t.INT8])).toBe(t.INT8);
    expect(commonType([t.INT4, t.TEXT])).toBeUndefined();
    expect(commonTypeError('UNION', [t.INT4, t.INT8, t.TEXT]).message).toBe(
      'UNION types bigint and text cannot be matched',
    );
  });

  it('words a cast that does not exist as Materialize does', () => {
    expect(castError('CAST', t.BYTEA, t.INT4, false).message).toBe(
      'CAST does not support casting from bytea to integer',
    );
    expect(castError('SECRET value', t.TEXT, t.BYTEA, true).message).toBe(
      'SECRET value does not support implicitly casting from text to bytea',
    );
  });
});
