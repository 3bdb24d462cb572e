import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyChanges, emptySnapshot } from './apply.ts';
import { bootstrapChanges } from './bootstrap.ts';
import { del, put, type Change } from './changes.ts';
import {
  effectiveRoles,
  grant,
  hasPrivilege,
  isMember,
  newObjectAcl,
  normalizePrivileges,
  PRIVILEGE_ORDER,
  revoke,
} from './privileges.ts';
import type { AclEntry } from './records.ts';

const role = fc.integer({ min: 1, max: 6 }).map((n) => `u${n}`);
const letters = fc.subarray([...PRIVILEGE_ORDER]).map((some) => some.join(''));
const step = fc.record({ grants: fc.boolean(), grantee: role, grantor: role, letters });

/** Every (grantee, grantor, letter) of a list. */
function triples(acl: readonly AclEntry[]): readonly string[] {
  return acl.flatMap((e) => [...e.privileges].map((letter) => `${e.grantee} ${e.grantor} ${letter}`)).sort();
}

const membership = (roleId: string, memberId: string): Change =>
  put('roleMembership', { roleId, memberId, grantorId: 's1' });

describe('access control lists', () => {
  it('hold what a set of grants would hold, in one ordered entry for each grantee and grantor', () => {
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        let acl: readonly AclEntry[] = [];
        const model = new Set<string>();
        for (const s of steps) {
          acl = (s.grants ? grant : revoke)(acl, s.grantee, s.grantor, s.letters);
          for (const letter of s.letters) {
            const triple = `${s.grantee} ${s.grantor} ${letter}`;
            if (s.grants) model.add(triple);
            else model.delete(triple);
          }
        }
        expect(triples(acl)).toEqual([...model].sort());
        expect(new Set(acl.map((e) => `${e.grantee} ${e.grantor}`)).size).toBe(acl.length);
        for (const e of acl) expect(e.privileges).toBe(normalizePrivileges(e.privileges));
        expect(acl.every((e) => e.privileges !== '')).toBe(true);
      }),
    );
  });

  it('print their letters in one order', () => {
    expect(normalizePrivileges('CUUa')).toBe('aUC');
    expect(normalizePrivileges('PNBR')).toBe('RBNP');
  });
});

describe('membership', () => {
  it('is what walking the graph finds, cycles and all', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(role, role), { maxLength: 10 }), role, role, (edges, from, to) => {
        const snapshot = applyChanges(
          emptySnapshot(),
          edges.map(([of, member]) => membership(of, member)),
        );
        const reached = new Set([from]);
        for (let i = 0; i <= edges.length; i += 1) {
          for (const [of, member] of edges) if (reached.has(member)) reached.add(of);
        }
        expect(new Set(effectiveRoles(snapshot, from))).toEqual(new Set([...reached, 'p']));
        expect(isMember(snapshot, from, to)).toBe(reached.has(to));
        const acl = [{ grantee: to, grantor: 's1', privileges: 'U' }];
        expect(hasPrivilege(snapshot, from, acl, 'U')).toBe(reached.has(to));
        expect(hasPrivilege(snapshot, from, acl, 'C')).toBe(false);
      }),
    );
  });

  it('is forgotten with the grant, and what PUBLIC may do everybody may', () => {
    const member = applyChanges(emptySnapshot(), [membership('u1', 'u2')]);
    const left = applyChanges(member, [del('roleMembership', 'u1/u2')]);
    expect([isMember(member, 'u2', 'u1'), isMember(left, 'u2', 'u1')]).toEqual([true, false]);
    expect(hasPrivilege(left, 'u9', [{ grantee: 'p', grantor: 's1', privileges: 'U' }], 'U')).toBe(true);
    expect(isMember(left, 'u2', 'p')).toBe(false);
  });
});

describe('privileges of a new object', () => {
  const fresh = applyChanges(emptySnapshot(), bootstrapChanges(0));
  const own = (owner: string, privileges: string): AclEntry => ({
    grantee: owner,
    grantor: owner,
    privileges,
  });

  it('are the owner’s, and those a fresh environment gives by default', () => {
    expect(
      newObjectAcl(fresh, {
        objectType: 'secret',
        ownerId: 'u1',
        privileges: 'U',
        schemaId: 'u3',
        databaseId: 'u1',
      }),
    ).toEqual([own('u1', 'U')]);
    expect(newObjectAcl(fresh, { objectType: 'cluster', ownerId: 'u1', privileges: 'UC' })).toEqual([
      own('u1', 'UC'),
      { grantee: 's2', grantor: 'u1', privileges: 'U' },
    ]);
  });

  it('follow default privileges of the creator, the schema and the database they are for', () => {
    const base = {
      objectType: 'secret',
      granteeId: 'u7',
      privileges: 'U',
      roleId: 'p',
      databaseId: null,
      schemaId: null,
    } as const;
    const object = {
      objectType: 'secret',
      ownerId: 'u1',
      privileges: 'U',
      schemaId: 'u3',
      databaseId: 'u1',
    } as const;
    const given = (change: Partial<Record<keyof typeof base, string | null>>): boolean => {
      const record = { ...base, ...change } as typeof base;
      return newObjectAcl(applyChanges(fresh, [put('defaultPrivilege', record)]), object).some(
        (e) => e.grantee === 'u7',
      );
    };
    expect(given({})).toBe(true);
    expect([given({ roleId: 'u1' }), given({ roleId: 'u2' })]).toEqual([true, false]);
    expect([given({ databaseId: 'u1' }), given({ databaseId: 'u2' })]).toEqual([true, false]);
    expect([
      given({ databaseId: 'u1', schemaId: 'u3' }),
      given({ databaseId: 'u1', schemaId: 'u4' }),
    ]).toEqual([true, false]);
    expect(given({ objectType: 'table' })).toBe(false);
    expect(given({ privileges: 'r' })).toBe(false);
  });
});
