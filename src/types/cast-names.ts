/** Casts of strings, OIDs that stand for names, JSON and access control items. */
import { casts, type CastDef, type CastContext } from './cast-def.ts';
import type { CastSession, RegKind } from './cast-session.ts';
import { AclItemDatum, type Datum, type Jsonb } from './datum.ts';
import { outOfRange } from './input-error.ts';
import { formatJsonb, parseJsonb } from './jsonb.ts';
import {
  ACLITEM,
  BOOL,
  BPCHAR,
  CHAR,
  INT2,
  INT4,
  INT8,
  JSON_TYPE,
  JSONB,
  MZ_ACLITEM,
  NAME,
  OID,
  PG_NODE_TREE,
  REGCLASS,
  REGOPER,
  REGOPERATOR,
  REGPROC,
  REGPROCEDURE,
  TEXT,
  typeByName,
  VARCHAR,
} from './registry.ts';
import type { SqlType } from './sql-type.ts';
import { decodeText, truncateName } from './text-decode.ts';

function trimBlanks(text: string): string {
  return text.endsWith(' ') ? text.replace(/ +$/, '') : text;
}

const boolText = (datum: Datum): string => (datum === true ? 'true' : 'false');
const toName = (datum: Datum): string => truncateName(datum as string);
const toChar = (datum: Datum): Datum => decodeText(CHAR, datum as string);

const STRING_CASTS: readonly CastDef[] = [
  ...casts('assignment', BOOL, [TEXT, VARCHAR, BPCHAR], boolText),
  ...casts('implicit', TEXT, [VARCHAR, BPCHAR]),
  ...casts('implicit', VARCHAR, [TEXT, BPCHAR]),
  ...casts('implicit', BPCHAR, [TEXT, VARCHAR], (datum) => trimBlanks(datum as string)),
  ...casts('implicit', BPCHAR, [NAME], (datum) => truncateName(trimBlanks(datum as string))),
  ...casts('implicit', TEXT, [NAME], toName),
  ...casts('implicit', VARCHAR, [NAME], toName),
  ...casts('implicit', NAME, [TEXT]),
  ...casts('assignment', NAME, [VARCHAR, BPCHAR]),
  ...casts('implicit', CHAR, [TEXT]),
  ...casts('assignment', CHAR, [VARCHAR, BPCHAR]),
  ...casts('assignment', TEXT, [CHAR], toChar),
  ...casts('assignment', VARCHAR, [CHAR], toChar),
  ...casts('assignment', BPCHAR, [CHAR], toChar),
  ...casts('implicit', PG_NODE_TREE, [TEXT]),
];

const JSON_CASTS: readonly CastDef[] = [
  // Implicit, unlike in PostgreSQL: Materialize has one type for both names, and its users mix them.
  ...casts('implicit', JSON_TYPE, [JSONB], (datum) => parseJsonb(datum as string)),
  ...casts('assignment', JSONB, [JSON_TYPE], (datum) => formatJsonb((datum as Jsonb).value)),
];

const REG_KINDS: readonly RegKind[] = [
  'regclass',
  'regtype',
  'regproc',
  'regprocedure',
  'regoper',
  'regoperator',
  'regnamespace',
  'regrole',
  'regcollation',
  'regconfig',
  'regdictionary',
];

function wideOid(datum: Datum): number {
  const value = datum as bigint;
  if (value < 0n || value > 0xffffffffn) throw outOfRange(String(value), 'oid');
  return Number(value);
}

/** Numbers and OIDs become any reg type without asking the catalog. */
function regCasts(kind: RegKind): CastDef[] {
  const reg = typeByName(kind);
  if (reg === undefined) return [];
  return [
    ...casts('implicit', OID, [reg]),
    ...casts('implicit', reg, [OID]),
    ...casts('implicit', INT4, [reg], (datum) => (datum as number) >>> 0),
    ...casts('implicit', INT2, [reg], (datum) => (datum as number) >>> 0),
    ...casts('implicit', INT8, [reg], wideOid),
    ...casts('assignment', reg, [INT4], (datum) => (datum as number) | 0),
    ...casts('assignment', reg, [INT8], (datum) => BigInt(datum as number)),
  ];
}

/** text to regclass is implicit, so that nextval('s') and its kind work; the other reg types need a written cast. */
function byName(from: SqlType, context: CastContext): CastDef[] {
  return casts(context, from, [REGCLASS], (datum, session) =>
    decodeText(REGCLASS, datum as string, -1, session),
  );
}

/** aclitem holds role OIDs, mz_aclitem ids. A role that does not exist makes the result NULL (reference 4.4). */
function toMzAclItem(datum: Datum, session: CastSession): Datum {
  const item = datum as AclItemDatum;
  const id = (oid: string): string | undefined => (oid === '0' ? 'p' : session.roleByOid(Number(oid))?.id);
  const grantee = id(item.grantee);
  const grantor = id(item.grantor);
  return grantee === undefined || grantor === undefined
    ? null
    : new AclItemDatum(grantee, item.privileges, grantor);
}

function toAclItem(datum: Datum, session: CastSession): Datum {
  const item = datum as AclItemDatum;
  const oid = (id: string): number | undefined => (id === 'p' ? 0 : session.roleOidById(id));
  const grantee = oid(item.grantee);
  const grantor = oid(item.grantor);
  if (grantee === undefined || grantor === undefined) return null;
  return new AclItemDatum(String(grantee), item.privileges, String(grantor));
}

/** `name=letters/name`: ids and OIDs without a role stay as they are. */
export function aclItemWithNames(type: SqlType, item: AclItemDatum, session: CastSession): string {
  const name = (role: string): string => {
    if (role === 'p' || role === '0') return '';
    const found = type === MZ_ACLITEM ? session.roleNameById(role) : session.roleByOid(Number(role))?.name;
    return found ?? role;
  };
  return `${name(item.grantee)}=${item.privileges}/${name(item.grantor)}`;
}

export const NAME_CASTS: readonly CastDef[] = [
  ...STRING_CASTS,
  ...JSON_CASTS,
  ...REG_KINDS.flatMap(regCasts),
  ...casts('implicit', REGPROC, [REGPROCEDURE]),
  ...casts('implicit', REGPROCEDURE, [REGPROC]),
  ...casts('implicit', REGOPER, [REGOPERATOR]),
  ...casts('implicit', REGOPERATOR, [REGOPER]),
  ...byName(TEXT, 'implicit'),
  ...byName(VARCHAR, 'implicit'),
  ...casts('explicit', ACLITEM, [MZ_ACLITEM], toMzAclItem),
  ...casts('explicit', MZ_ACLITEM, [ACLITEM], toAclItem),
];
