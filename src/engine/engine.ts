/**
 * Opens sessions for the PostgreSQL door: admission, roles made on first use, connection limits, and the registry that
 * cancel requests and mz_sessions read.
 */
import { put } from '../catalog/changes.ts';
import type { RoleRecord } from '../catalog/records.ts';
import type { Snapshot } from '../catalog/snapshot.ts';
import { limitExceeded, notice, SqlError } from '../errors.ts';
import type { LiveSession } from '../relations/relation.ts';
import type { EngineSession, Principal, SessionFactory } from './outcome.ts';
import { checkNetworkAccess } from './network-access.ts';
import { loginNotices } from './session/missing-objects.ts';
import { Session } from './session/session.ts';
import { readStartupOptions } from './session/startup-options.ts';
import type { Services } from './services.ts';
import { handlerOf } from './statements/handlers.ts';
import { showListingSql } from './statements/show-queries.ts';
import { MZ_VERSION, SESSION_VARIABLES } from './variables/definitions.ts';
import { SessionVariables } from './variables/session-variables.ts';

/** Names that users may not log in with on the external door. */
function isReservedName(name: string): boolean {
  return /^(mz_|pg_|external_)/.test(name) || name === 'public';
}

/** Built-in users: not counted, and served on the internal door. */
const INTERNAL_USERS = new Set(['mz_system', 'mz_support', 'mz_analytics']);

/** Every session that is open, by connection id. */
export class Sessions {
  readonly #open = new Map<number, Session>();
  #nextId = 1;

  /** The lowest id that is free from where the last search ended; ids are used again, as the wire protocol allows. */
  allocate(): number {
    while (this.#open.has(this.#nextId)) this.#nextId = (this.#nextId % 0x7ffffffe) + 1;
    const id = this.#nextId;
    this.#nextId = (this.#nextId % 0x7ffffffe) + 1;
    return id;
  }
  add(session: Session): void {
    this.#open.set(session.connectionId, session);
  }
  remove(session: Session): void {
    this.#open.delete(session.connectionId);
  }
  get(connectionId: number): Session | undefined {
    return this.#open.get(connectionId);
  }
  /** Cancels what a session runs; false when there is none of that id. */
  interrupt(connectionId: number): boolean {
    const session = this.#open.get(connectionId);
    session?.running?.raise();
    return session !== undefined;
  }
  /** Sessions that count against max_connections. */
  get counted(): number {
    let count = 0;
    for (const session of this.#open.values()) if (!INTERNAL_USERS.has(session.principal.user)) count += 1;
    return count;
  }
  live(): readonly LiveSession[] {
    return [...this.#open.values()].map((session) => ({
      id: session.id,
      connectionId: session.connectionId,
      roleId: session.roleId,
      clientIp: session.principal.clientIp,
      connectedAt: session.connectedAt,
      applicationName: session.variables.text('application_name'),
      databaseName: session.variables.text('database'),
    }));
  }
}

export class Engine implements SessionFactory {
  readonly services: Services;
  readonly sessions: Sessions;
  /** With password authentication a role must exist; without, an unknown name becomes a role. */
  readonly #provisionRoles: boolean;

  constructor(services: Services, sessions: Sessions, options: { readonly provisionRoles: boolean }) {
    this.services = services;
    this.sessions = sessions;
    this.#provisionRoles = options.provisionRoles;
  }

  passwordHash(user: string): string | null {
    const role = findRole(this.services.committer.current(), user);
    return role?.login === true ? role.passwordHash : null;
  }

  cancel(connectionId: number, secretKey: number): void {
    const session = this.sessions.get(connectionId);
    if (session?.secretKey === secretKey) session.running?.raise();
  }

  async open(principal: Principal, settings: ReadonlyMap<string, string>): Promise<EngineSession> {
    this.#admit(principal);
    this.#checkNetworkPolicy(this.services.committer.current(), principal);
    const role = await this.#role(principal.user);
    const snapshot = this.services.committer.current();
    this.#checkConnectionLimit(snapshot, role);
    const session = new Session({
      services: this.services,
      families: { handlerOf, showListingSql },
      connectionId: this.sessions.allocate(),
      principal,
      roleId: role.id,
      variables: new SessionVariables(this.#defaults(snapshot, role)),
      onClose: (closed) => this.sessions.remove(closed),
    });
    this.sessions.add(session);
    this.#applySettings(session, settings);
    if (session.variables.flag('welcome_message')) session.notices.add(this.#welcome(session, snapshot));
    for (const missing of loginNotices(session, snapshot)) session.notices.add(missing);
    return session;
  }

  #admit({ user, internal }: Principal): void {
    const allowed = internal ? INTERNAL_USERS.has(user) : this.#provisionRoles ? !isReservedName(user) : true;
    if (!allowed) throw new SqlError('42501', `unauthorized login to user '${user}'`, { severity: 'FATAL' });
  }

  async #role(user: string): Promise<RoleRecord> {
    const existing = findRole(this.services.committer.current(), user);
    if (existing !== undefined) return existing;
    if (!this.#provisionRoles || user === '') {
      throw new SqlError('28000', `role "${user}" does not exist`, { severity: 'FATAL' });
    }
    const { result } = await this.services.committer.commit((tip, ids) => {
      const again = findRole(tip, user);
      if (again !== undefined) return { changes: [], result: again };
      const role: RoleRecord = {
        id: ids.next('role'),
        oid: ids.nextNumber('oid'),
        name: user,
        superuser: null,
        login: true,
        passwordHash: null,
        variables: {},
        autoProvisionSource: 'none',
      };
      const details = { auto_provision_source: 'none', id: role.id, name: role.name };
      const event = {
        id: ids.nextNumber('auditEvent'),
        eventType: 'create' as const,
        objectType: 'role',
        details,
        user,
        occurredAt: this.services.clock(),
      };
      return { changes: [put('role', role), put('auditEvent', event)], result: role };
    });
    return result;
  }

  /** Built-in users are never shut out, so that somebody can mend a policy. */
  #checkNetworkPolicy(snapshot: Snapshot, { user, clientIp }: Principal): void {
    if (INTERNAL_USERS.has(user)) return;
    checkNetworkAccess(snapshot, this.services.systemVariable(snapshot, 'network_policy'), clientIp);
  }

  #checkConnectionLimit(snapshot: Snapshot, role: RoleRecord): void {
    if (INTERNAL_USERS.has(role.name)) return;
    const max = Number(this.services.systemVariable(snapshot, 'max_connections'));
    const reserved = Number(this.services.systemVariable(snapshot, 'superuser_reserved_connections'));
    const limit = role.superuser === true ? max : Math.max(0, max - reserved);
    const current = this.sessions.counted;
    if (current < limit) return;
    throw limitExceeded('connection', 'max_connections', current + 1, limit, current).with({
      severity: 'FATAL',
    });
  }

  /** Defaults captured at login: compiled, then given at start or by ALTER SYSTEM, then of the role. */
  #defaults(snapshot: Snapshot, role: RoleRecord): ReadonlyMap<string, string> {
    const defaults = new Map<string, string>();
    for (const definition of SESSION_VARIABLES) {
      defaults.set(definition.name, this.services.systemVariable(snapshot, definition.name));
    }
    if (role.name === 'mz_system') defaults.set('cluster', 'mz_system');
    if (role.name === 'mz_support') defaults.set('cluster', 'mz_catalog_server');
    for (const [name, value] of Object.entries(role.variables)) defaults.set(name, value);
    return defaults;
  }

  /** Start-up parameters that are no variables, or have a bad value, make a notice, never a refusal. */
  #applySettings(session: Session, settings: ReadonlyMap<string, string>): void {
    for (const { name, value } of readStartupOptions(settings, (text) => session.notices.add(notice(text)))) {
      try {
        session.setVariable(name, [value], false);
      } catch (error) {
        const text = error instanceof SqlError ? error.message : 'internal error';
        session.notices.add(notice(`startup setting ${name} not set: ${text}`));
      }
    }
  }

  #welcome(session: Session, snapshot: Snapshot): ReturnType<typeof notice> {
    const environment = snapshot.small.environment.get('');
    return notice(
      [
        `connected to Materialize ${MZ_VERSION} (served by Tumbler)`,
        `  Environment ID: ${environment?.environmentId ?? ''}`,
        `  Region: ${this.services.aws.region}`,
        `  User: ${session.principal.user}`,
        `  Cluster: ${session.variables.text('cluster')}`,
        `  Database: ${session.variables.text('database')}`,
        `  Schema: ${session.variables.text('search_path')}`,
        `  Session UUID: ${session.id}`,
        '',
        'Secrets that still run on an old value: SELECT * FROM mz_tumbler.stale_secrets;',
      ].join('\n'),
    );
  }
}

function findRole(snapshot: Snapshot, name: string): RoleRecord | undefined {
  const id = snapshot.roleByName.get(name);
  return id === undefined ? undefined : snapshot.roles.get(id);
}
