/** CREATE ROLE and ALTER ROLE. Source: documentation of those statements. */
import { randomBytes } from 'node:crypto';
import { put } from '../../catalog/changes.ts';
import type { RoleRecord } from '../../catalog/records.ts';
import { limitExceeded, notice, planError, SqlError } from '../../errors.ts';
import { hashPassword } from '../../secrets/scram.ts';
import type { AlterRole, CreateRole, RoleAttribute } from '../../sql/nodes.ts';
import { auditChange } from '../audit.ts';
import { checksApply, requireSuperuser, requireSystemPrivilege } from '../support/access.ts';
import { roleNamed } from '../support/resolve.ts';
import { checkRoleName } from '../support/roles.ts';
import { settable } from '../variables/session-variables.ts';
import { done, type Handler, type RunScope, type Scope } from './handler.ts';

const DOC = 'https://materialize.com/docs/sql/create-role/#details';

/** What the attributes say together; undefined where nothing was said. */
interface Attributes {
  readonly superuser?: boolean;
  readonly login?: boolean;
  readonly password?: string | null;
}

function readAttributes(scope: Scope, attributes: readonly RoleAttribute[]): Attributes {
  const seen = new Set<string>();
  const result: { superuser?: boolean; login?: boolean; password?: string | null } = {};
  for (const attribute of attributes) {
    if (seen.has(attribute.kind)) throw planError('conflicting or redundant options');
    seen.add(attribute.kind);
    if (attribute.kind === 'password') result.password = attribute.password;
    else if (attribute.kind === 'superuser') result.superuser = attribute.value;
    else if (attribute.kind === 'login') result.login = attribute.value;
    else if (attribute.kind === 'inherit') {
      if (!attribute.value) throw planError('non inherit roles not yet supported');
    } else refuseAttribute(attribute.kind, attribute.value);
  }
  if (seen.has('superuser') || seen.has('password')) requirePasswordAuth(scope);
  return result;
}

function refuseAttribute(kind: string, value: boolean): never {
  const name = `${value ? '' : 'NO'}${kind.toUpperCase()}`;
  throw planError(
    `${name} attribute is not supported, for more information consult the documentation at ${DOC}`,
    {
      detail: 'Use system privileges instead.',
    },
  );
}

/** SUPERUSER and PASSWORD make sense only where passwords are asked for. */
function requirePasswordAuth(scope: Scope): void {
  if (scope.services.systemVariable(scope.snapshot, 'enable_password_auth') === 'on') return;
  throw new SqlError(
    '0A000',
    `SUPERUSER and PASSWORD attributes is not supported in this environment. For more information consult the documentation at ${DOC}`,
  );
}

async function passwordHash(scope: Scope, password: string | null): Promise<string | null> {
  if (password === null) return null;
  const iterations = Number(scope.services.systemVariable(scope.snapshot, 'scram_iterations'));
  return hashPassword(password, iterations, randomBytes(32));
}

function rbacNotice(scope: RunScope): void {
  if (scope.session.rbacEnabled(scope.snapshot)) return;
  scope.notice(
    notice(
      'RBAC is disabled so no role attributes or object ownership will be considered when executing statements',
      {
        hint: 'To enable RBAC globally run `ALTER SYSTEM SET enable_rbac_checks TO TRUE` as a superuser. TO enable RBAC for just this session run `SET enable_session_rbac_checks TO TRUE`.',
      },
    ),
  );
}

export const createRole: Handler<CreateRole> = {
  transaction: 'single',
  tag: 'CREATE ROLE',
  async run(node, scope) {
    const attributes = readAttributes(scope, node.attributes);
    checkRoleName(node.name);
    if (attributes.superuser === true) requireSuperuser(scope, 'create superuser role');
    else requireSystemPrivilege(scope, 'R');
    const hash = attributes.password === undefined ? null : await passwordHash(scope, attributes.password);
    await scope.commit((tip, ids) => {
      if (tip.roleByName.has(node.name)) throw planError(`role '${node.name}' already exists`);
      const limit = Number(scope.services.systemVariable(tip, 'max_roles'));
      const current = tip.roles.count((role) => role.id.startsWith('u'));
      if (current >= limit) throw limitExceeded('role', 'max_roles', current + 1, limit, current);
      const role: RoleRecord = {
        id: ids.next('role'),
        oid: ids.nextNumber('oid'),
        name: node.name,
        superuser: attributes.superuser ?? null,
        login: attributes.login ?? null,
        passwordHash: hash,
        variables: {},
        autoProvisionSource: null,
      };
      const details = { auto_provision_source: null, id: role.id, name: role.name };
      return {
        changes: [put('role', role), auditChange(ids, scope, 'create', 'role', details)],
        result: undefined,
      };
    });
    rbacNotice(scope);
    return done('CREATE ROLE');
  },
};

export const alterRole: Handler<AlterRole> = {
  transaction: 'single',
  tag: 'ALTER ROLE',
  async run(node, scope) {
    const { action } = node;
    if (action.kind === 'attributes') await alterAttributes(node.name, action.attributes, scope);
    else {
      const values =
        action.kind === 'reset' || action.value.kind === 'default'
          ? null
          : action.value.values.map((v) => v.text);
      await alterVariable(node.name, action.variable, values, scope);
    }
    return done('ALTER ROLE');
  },
};

async function alterAttributes(
  name: string,
  given: readonly RoleAttribute[],
  scope: RunScope,
): Promise<void> {
  const attributes = readAttributes(scope, given);
  checkRoleName(name);
  const role = roleNamed(scope.snapshot, name);
  checkMayAlter(scope, role, attributes, given);
  const hash = attributes.password === undefined ? undefined : await passwordHash(scope, attributes.password);
  await scope.commit((tip, ids) => {
    const before = roleNamed(tip, name);
    const after: RoleRecord = {
      ...before,
      superuser: attributes.superuser ?? before.superuser,
      login: attributes.login ?? before.login,
      passwordHash: hash === undefined ? before.passwordHash : hash,
    };
    return {
      changes: [put('role', after), auditChange(ids, scope, 'alter', 'role', { id: after.id, name })],
      result: undefined,
    };
  });
  rbacNotice(scope);
}

function checkMayAlter(
  scope: Scope,
  role: RoleRecord,
  attributes: Attributes,
  given: readonly RoleAttribute[],
): void {
  if (attributes.superuser !== undefined) requireSuperuser(scope, 'alter superuser role');
  const own = role.id === scope.role.id;
  if (attributes.password !== undefined && !own && checksApply(scope)) {
    throw new SqlError('42501', 'permission denied to alter password of role', {
      detail: 'You must be a superuser to alter password of role',
    });
  }
  const onlyOwnPassword = own && attributes.password !== undefined && given.length === 1;
  if (!onlyOwnPassword) requireSystemPrivilege(scope, 'R');
}

async function alterVariable(
  name: string,
  variable: string,
  values: readonly string[] | null,
  scope: RunScope,
): Promise<void> {
  checkRoleName(name);
  const role = roleNamed(scope.snapshot, name);
  const definition = settable(variable);
  const value = values === null ? null : definition.type.parse(definition.name, values);
  if (role.id !== scope.role.id) requireSystemPrivilege(scope, 'R');
  await scope.commit((tip, ids) => {
    const before = roleNamed(tip, name);
    const variables = { ...before.variables };
    const key = definition.name.toLowerCase();
    if (value === null) delete variables[key];
    else variables[key] = value;
    return {
      changes: [
        put('role', { ...before, variables }),
        auditChange(ids, scope, 'alter', 'role', { id: before.id, name }),
      ],
      result: undefined,
    };
  });
  scope.notice(
    notice(
      `variable "${variable.toLowerCase()}" was updated for "${name}", this will have no effect on the current session`,
    ),
  );
}
