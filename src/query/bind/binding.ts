/** What the binding of one statement shares: the session, types of parameters, relations read, counters. */
import type { Id } from '../../catalog/ids.ts';
import { planError, SqlError } from '../../errors.ts';
import { userType } from '../../relations/user-relation.ts';
import type { PgSource } from '../../sql/postgres.ts';
import { typeByOid, UNKNOWN } from '../../types/registry.ts';
import type { ColumnType, SqlType } from '../../types/sql-type.ts';
import type { Expr, Param } from '../expr.ts';
import type { RelationUse } from '../plan.ts';
import type { SessionContext } from '../session-context.ts';
import { placed } from './places.ts';

/** A name of a relation where the statement's own text has it. */
export interface FoundName {
  /** Byte offset in the parsed text, as PostgreSQL's trees have it. */
  readonly location: number;
  readonly id: Id;
  /** The relation's name when the query gives it no alias. */
  readonly alias: string | null;
}

/** Column references that name a schema too, and how many parts to drop once the relation has an alias. */
export interface QualifiedColumn {
  readonly location: number;
  readonly dropParts: number;
}

/** Deepest nesting of expressions and queries: every level costs stack. */
const MAX_DEPTH = 1024;
/** Most views that a statement is expanded through: views of views can double at every step. */
const MAX_VIEWS = 1000;

export class Binding {
  readonly session: SessionContext;
  readonly parameters: ParameterTypes;
  /** Text that locations of the tree being bound belong to; null inside views. */
  source: PgSource | null;
  readonly uses: RelationUse[] = [];
  readonly names: FoundName[] = [];
  readonly qualifiedColumns: QualifiedColumn[] = [];
  /** Where literals without a type stand: their text is read when their type is known. */
  readonly literals = new WeakMap<Expr, number>();
  /** Views being expanded, outermost first. */
  viaViews: readonly Id[] = [];
  /** False in the query of a view. */
  showAllowed = true;
  #depth = 0;
  #views = 0;
  #nextCte = 1;

  constructor(session: SessionContext, parameters: ParameterTypes, source: PgSource | null) {
    this.session = session;
    this.parameters = parameters;
    this.source = source;
  }

  nextCte(): number {
    return this.#nextCte++;
  }

  /** Runs `work` inside a view: its text has locations of its own. Throws 54001 past the limit of views. */
  insideView<T>(id: Id, work: () => T): T {
    if (++this.#views > MAX_VIEWS) throw new SqlError('54001', 'statement too complex');
    const { source, viaViews } = this;
    this.source = null;
    this.viaViews = [...viaViews, id];
    try {
      return work();
    } finally {
      this.source = source;
      this.viaViews = viaViews;
    }
  }

  /** Runs `work` one level deeper; its errors belong to `location`, if one is given. Throws 54001 past the limit. */
  nested<T>(work: () => T, location?: number): T {
    if (++this.#depth > MAX_DEPTH) {
      throw new SqlError('54001', 'stack depth limit exceeded');
    }
    try {
      return work();
    } catch (cause) {
      throw placed(cause, this.source, location);
    } finally {
      this.#depth--;
    }
  }

  /** Runs `work`, whose errors belong to `location` unless they have a place of their own. */
  at<T>(location: number | undefined, work: () => T): T {
    try {
      return work();
    } catch (cause) {
      throw placed(cause, this.source, location);
    }
  }

  addUse(id: Id, kind: RelationUse['kind']): void {
    const known = this.uses.some(
      (use) =>
        use.id === id &&
        use.viaViews.length === this.viaViews.length &&
        use.viaViews.every((view, i) => view === this.viaViews[i]),
    );
    if (!known) this.uses.push({ id, kind, viaViews: this.viaViews });
  }
}

/** Highest number of a parameter: the protocol counts them in 16 bits. */
const MAX_PARAMETERS = 65_535;

/** Types of `$1`, `$2`, ...: given by the client, or inferred from the first place that says what it needs. */
export class ParameterTypes {
  readonly #types: (SqlType | undefined)[];
  readonly #allowed: boolean;

  private constructor(types: readonly (SqlType | undefined)[], allowed: boolean) {
    this.#types = [...types];
    this.#allowed = allowed;
  }

  /** `oids` as the client gave them: 0 means to infer. */
  static of(oids: readonly number[], session: SessionContext): ParameterTypes {
    const types = oids.map((oid) => {
      if (oid === 0 || oid === UNKNOWN.oid) return undefined;
      const type = typeByOid(oid) ?? userType(session.snapshot, oid);
      if (type === undefined) throw planError(`unknown type OID ${oid}`);
      return type;
    });
    return new ParameterTypes(types, true);
  }

  /** Where no parameters are allowed. */
  static none(): ParameterTypes {
    return new ParameterTypes([], false);
  }

  /** The expression of `$number`: of type UNKNOWN while nothing is known. */
  reference(number: number): Param {
    if (!this.#allowed || number < 1 || number > MAX_PARAMETERS) {
      throw new SqlError('42P02', `there is no parameter $${number}`);
    }
    while (this.#types.length < number) this.#types.push(undefined);
    return { kind: 'param', number, type: this.#types[number - 1] ?? UNKNOWN, typmod: -1 };
  }

  /** Gives a parameter its type. Throws when another place has given it a different one. */
  infer(param: Param, type: SqlType): Param {
    const known = this.#types[param.number - 1];
    if (known !== undefined && known !== type) {
      throw planError(`inconsistent types deduced for parameter $${param.number}`, {
        detail: `${known.displayName} versus ${type.displayName}`,
      });
    }
    this.#types[param.number - 1] = type;
    return { ...param, type };
  }

  /** All types, once binding is done. Throws when one is still open. */
  settled(): readonly ColumnType[] {
    return Array.from(this.#types, (type, i) => {
      if (type === undefined) throw planError(`could not determine data type of parameter $${i + 1}`);
      return { type, typmod: -1 };
    });
  }
}
