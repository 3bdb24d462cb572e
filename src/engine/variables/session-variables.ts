import { SqlError } from '../../errors.ts';
import {
  READ_ONLY_VARIABLES,
  REPORTED,
  SESSION_VARIABLES,
  variableDefinition,
  type VariableDefinition,
} from './definitions.ts';
import { durationMs } from './value.ts';

const NO_REPORTS: readonly { readonly name: string; readonly value: string }[] = [];

/** One change of an explicit transaction, kept until it ends. */
type Layer = Map<string, string | null>;

/**
 * The variables of one session. Effective value: SET LOCAL in this transaction, else SET in this transaction, else SET
 * before it, else the default captured at login (role, then system, then compiled). ROLLBACK undoes SET.
 */
export class SessionVariables {
  /** Canonical name (lower case) to the default captured at login. */
  readonly #defaults = new Map<string, string>();
  readonly #values = new Map<string, string>();
  /** SET inside the open transaction; null: back to the default. */
  #staged: Layer = new Map();
  #local: Layer = new Map();
  /** Values last told to the client. */
  readonly #reported = new Map<string, string>();
  #reportedGeneration = -1;
  /** Grows with every change, so that callers can keep what they derive from variables. */
  generation = 0;

  constructor(defaults: ReadonlyMap<string, string>) {
    for (const definition of [...SESSION_VARIABLES, ...READ_ONLY_VARIABLES])
      this.#defaults.set(key(definition.name), definition.initial);
    for (const [name, value] of defaults) this.#defaults.set(key(name), value);
  }

  /** The effective value as SHOW prints it, or undefined for a name that is no session variable. */
  get(name: string): string | undefined {
    const k = key(name);
    for (const layer of [this.#local, this.#staged]) {
      const value = layer.get(k);
      if (value === null) return this.#defaults.get(k);
      if (value !== undefined) return value;
    }
    return this.#values.get(k) ?? this.#defaults.get(k);
  }

  /** Value of a variable that is known to exist. */
  text(name: string): string {
    return this.get(name) ?? '';
  }

  flag(name: string): boolean {
    return this.get(name) === 'on';
  }

  milliseconds(name: string): number {
    return durationMs(this.text(name));
  }

  /** Names of a comma-separated list variable, unquoted. */
  names(name: string): readonly string[] {
    const text = this.text(name);
    return text === '' ? [] : text.split(', ');
  }

  /**
   * SET: kept when the transaction commits. SET LOCAL (`local`): until it ends. `values` null: DEFAULT.
   * Throws 42704, 22023 or 55P02.
   */
  set(name: string, values: readonly string[] | null, local: boolean, inTransaction: boolean): void {
    const definition = settable(name);
    const value = values === null ? null : definition.type.parse(definition.name, values);
    this.#put(definition, value, local, inTransaction);
  }

  /** Puts a value the server computed itself; no parsing. */
  setComputed(name: string, value: string): void {
    this.#values.set(key(name), value);
    this.generation += 1;
  }

  #put(definition: VariableDefinition, value: string | null, local: boolean, inTransaction: boolean): void {
    const k = key(definition.name);
    this.generation += 1;
    if (local) {
      if (inTransaction) this.#local.set(k, value);
      return;
    }
    this.#local.delete(k);
    if (inTransaction) this.#staged.set(k, value);
    else if (value === null) this.#values.delete(k);
    else this.#values.set(k, value);
  }

  /** End of a transaction: SET is kept or undone, SET LOCAL ends. */
  endTransaction(committed: boolean): void {
    if (this.#staged.size === 0 && this.#local.size === 0) return;
    if (committed) {
      for (const [k, value] of this.#staged) {
        if (value === null) this.#values.delete(k);
        else this.#values.set(k, value);
      }
    }
    this.#staged = new Map();
    this.#local = new Map();
    this.generation += 1;
  }

  /** DISCARD ALL. */
  resetAll(): void {
    this.#values.clear();
    this.#staged = new Map();
    this.#local = new Map();
    this.generation += 1;
  }

  /** What changed since the last call among the variables the client is told of; everything the first time. */
  takeReports(): readonly { readonly name: string; readonly value: string }[] {
    if (this.#reportedGeneration === this.generation) return NO_REPORTS;
    this.#reportedGeneration = this.generation;
    const changes: { name: string; value: string }[] = [];
    for (const definition of REPORTED) {
      const value = this.get(definition.name) ?? definition.initial;
      if (this.#reported.get(definition.name) === value) continue;
      this.#reported.set(definition.name, value);
      changes.push({ name: definition.name, value });
    }
    return changes;
  }
}

/** Canonical keys by name as given; bounded, because names of unknown variables come from clients. */
const keys = new Map<string, string>();
const MAX_KEYS = 1000;

function key(name: string): string {
  const known = keys.get(name);
  if (known !== undefined) return known;
  const found = variableDefinition(name)?.name.toLowerCase() ?? name.toLowerCase();
  if (keys.size < MAX_KEYS) keys.set(name, found);
  return found;
}

/** The definition of a variable that SET may change. */
export function settable(name: string): VariableDefinition {
  const definition = variableDefinition(name);
  if (definition === undefined || definition.hidden === true) {
    throw new SqlError('42704', `unrecognized configuration parameter "${name}"`);
  }
  if (definition.scope === 'readOnly')
    throw new SqlError('55P02', `parameter "${definition.name}" cannot be changed`);
  if (definition.scope !== 'session') {
    throw new SqlError('42704', `unrecognized configuration parameter "${name}"`);
  }
  return definition;
}
