/** aclitem and mz_aclitem: making and taking apart (reference session-wire-rbac 4.4, 8.2, 8.3). */
import { planError, unsupported } from '../errors.ts';
import { AclItemDatum, type Datum, type Row, SqlArray } from '../types/datum.ts';
import { ACLITEM, BOOL, MZ_ACLITEM, MZ_ACLITEM_ARRAY, OID, TEXT, TEXT_ARRAY } from '../types/registry.ts';
import type { SqlType } from '../types/sql-type.ts';
import { textArray } from './array-values.ts';
import { arg, spread, type Plain, type RowsTable, type ScalarTable } from './define.ts';
import type { FunctionDef, ScalarFunction } from './function.ts';
import { PRIVILEGE_NAMES, privilegeLetters } from './role-privileges.ts';

/** Letters in the order ACL texts have them. */
const ORDER = 'arwdUCRBNP';

function ordered(letters: readonly string[]): string {
  return [...ORDER].filter((letter) => letters.includes(letter)).join('');
}

function makeAclItem(grantee: number, grantor: number, privileges: string, grantable: boolean): AclItemDatum {
  if (grantable)
    throw unsupported('GRANT OPTION').with({ message: 'GRANT OPTION not yet supported', code: 'XX000' });
  return new AclItemDatum(String(grantee), ordered(privilegeLetters(privileges)), String(grantor));
}

function aclItems(array: SqlArray): readonly AclItemDatum[] {
  return array.elements.map((item) => {
    if (item === null) throw planError('ACL arrays must not contain null values');
    return item as AclItemDatum;
  });
}

const sameGrant = (a: AclItemDatum, b: AclItemDatum): boolean =>
  a.grantee === b.grantee && a.grantor === b.grantor;

/** Adds privileges to the entry of the same grantee and grantor, or a new entry. */
function aclInsert(array: SqlArray, item: AclItemDatum): SqlArray {
  const items = aclItems(array);
  const merged = items.map((own) =>
    sameGrant(own, item)
      ? new AclItemDatum(own.grantee, ordered([...own.privileges, ...item.privileges]), own.grantor)
      : own,
  );
  return new SqlArray(items.some((own) => sameGrant(own, item)) ? merged : [...items, item]);
}

function aclRemove(array: SqlArray, item: AclItemDatum): SqlArray {
  const left = aclItems(array).map((own) =>
    sameGrant(own, item)
      ? new AclItemDatum(
          own.grantee,
          [...own.privileges].filter((p) => !item.privileges.includes(p)).join(''),
          own.grantor,
        )
      : own,
  );
  return new SqlArray(left.filter((own) => own.privileges !== ''));
}

function aclContains(array: SqlArray, item: AclItemDatum): boolean {
  return aclItems(array).some(
    (own) => sameGrant(own, item) && [...item.privileges].every((p) => own.privileges.includes(p)),
  );
}

export const aclFunctions: ScalarTable = {
  'makeaclitem(oid,oid,text,bool)': makeAclItem,
  'aclinsert(_aclitem,aclitem)': aclInsert,
  'aclremove(_aclitem,aclitem)': aclRemove,
  'aclcontains(_aclitem,aclitem)': aclContains,
};

/** One row for each privilege of each entry. */
function* explode(array: SqlArray, role: (id: string) => Datum): Generator<Row> {
  for (const item of aclItems(array)) {
    for (const letter of item.privileges) {
      yield [role(item.grantor), role(item.grantee), PRIVILEGE_NAMES[letter] ?? letter, false];
    }
  }
}

export const aclRows: RowsTable = {
  'aclexplode(_aclitem)': { make: () => (args) => explode(arg(args, 0) as SqlArray, Number) },
};

function makeMzAclItem(grantee: string, grantor: string, privileges: string): AclItemDatum {
  for (const id of [grantee, grantor]) {
    if (!/^(?:[usg]\d+|p)$/.test(id)) throw planError(`couldn't parse role id '${id}'`);
  }
  if (grantor === 'p') throw planError('mz_aclitem grantor cannot be PUBLIC role');
  return new AclItemDatum(grantee, ordered(privilegeLetters(privileges)), grantor);
}

const privilegesOf: Plain = (item: AclItemDatum) => item.privileges;

function formatPrivileges(letters: string): SqlArray {
  return textArray(
    [...letters].map((letter) => {
      const name = PRIVILEGE_NAMES[letter];
      if (name === undefined) throw planError(`unrecognized privilege type: "${letter}"`);
      return name;
    }),
  );
}

function validateRolePrivilege(text: string): boolean {
  for (const part of text.split(',')) {
    if (!['MEMBER', 'USAGE'].includes(part.trim().toUpperCase()))
      throw planError(`unrecognized privilege type: "${part.trim()}"`);
  }
  return true;
}

/** OIDs of this file's functions. */
const FIRST_OID = 18200;

function scalar(
  offset: number,
  name: string,
  args: readonly SqlType[],
  returns: SqlType,
  f: Plain,
  strict = true,
): ScalarFunction {
  const evaluate = spread(f);
  return {
    kind: 'scalar',
    schema: 'mz_internal',
    name,
    oid: FIRST_OID + offset,
    args,
    returns,
    strict,
    volatility: 'immutable',
    make: () => evaluate,
  };
}

/** Functions of mz_aclitem, in mz_internal. */
export const mzAclFunctions: readonly FunctionDef[] = [
  scalar(0, 'make_mz_aclitem', [TEXT, TEXT, TEXT], MZ_ACLITEM, makeMzAclItem),
  scalar(1, 'mz_aclitem_grantor', [MZ_ACLITEM], TEXT, (item: AclItemDatum) => item.grantor),
  scalar(2, 'mz_aclitem_grantee', [MZ_ACLITEM], TEXT, (item: AclItemDatum) => item.grantee),
  scalar(3, 'mz_aclitem_privileges', [MZ_ACLITEM], TEXT, privilegesOf),
  scalar(4, 'aclitem_grantor', [ACLITEM], OID, (item: AclItemDatum) => Number(item.grantor)),
  scalar(5, 'aclitem_grantee', [ACLITEM], OID, (item: AclItemDatum) => Number(item.grantee)),
  scalar(6, 'aclitem_privileges', [ACLITEM], TEXT, privilegesOf),
  scalar(
    7,
    'mz_acl_item_contains_privilege',
    [MZ_ACLITEM, TEXT],
    BOOL,
    (item: AclItemDatum, privileges: string) =>
      privilegeLetters(privileges).some((letter) => item.privileges.includes(letter)),
  ),
  scalar(8, 'mz_format_privileges', [TEXT], TEXT_ARRAY, formatPrivileges),
  scalar(9, 'mz_validate_privileges', [TEXT], BOOL, (text: string) => privilegeLetters(text).length > 0),
  scalar(10, 'mz_validate_role_privilege', [TEXT], BOOL, validateRolePrivilege),
  {
    kind: 'table',
    schema: 'mz_internal',
    name: 'mz_aclexplode',
    oid: FIRST_OID + 11,
    args: [MZ_ACLITEM_ARRAY],
    columns: () => [
      { name: 'grantor', type: TEXT },
      { name: 'grantee', type: TEXT },
      { name: 'privilege_type', type: TEXT },
      { name: 'is_grantable', type: BOOL },
    ],
    strict: true,
    volatility: 'immutable',
    make: () => (args) => {
      const array = arg(args, 0) as SqlArray;
      if (array.elements.includes(null)) throw planError('MZ_ACL arrays must not contain null values');
      return explode(array, (id) => id);
    },
  },
];
