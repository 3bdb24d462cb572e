/** A query level while it is bound: what names mean in it, and what it takes from the levels around it. */
import type { Expr, SetCall } from '../expr.ts';
import { sameExpr } from '../expr-walk.ts';
import type { ColumnType } from '../../types/sql-type.ts';
import type { Binding } from './binding.ts';
import type { NamedWindow } from './windows.ts';

/** A column that a name can mean. */
export interface ScopeColumn {
  readonly name: string;
  readonly expr: Expr;
  /** tableoid, ctid: found by name, not part of `*` or of the whole row. */
  readonly hidden?: boolean;
}

/** A relation of FROM, or a join, as names see it. */
export interface ScopeItem {
  /** Alias or name; null for a join without alias. */
  readonly name: string | null;
  /** Schema and database of a relation without alias, for `schema.table.column`. */
  readonly qualifier: { readonly schema: string; readonly database: string | null } | null;
  readonly columns: readonly ScopeColumn[];
  /** `name.column` finds it. */
  readonly relationVisible: boolean;
  /** `column` and `*` find its columns. */
  readonly columnsVisible: boolean;
  /** The value of the name alone; made when asked for, since few queries do. */
  readonly wholeRow: () => Expr;
}

/** Values that a query takes from the level around it; queries that run as one (branches, CTEs) share the list. */
export class QueryArguments {
  readonly parent: Level | null;
  readonly exprs: Expr[] = [];
  /** Reads a CTE that is declared outside of the query. */
  usesCte = false;

  constructor(parent: Level | null) {
    this.parent = parent;
  }

  /** The value of `expr`, an expression of the parent level, inside the query. */
  add(expr: Expr): Expr {
    let index = this.exprs.findIndex((known) => sameExpr(known, expr));
    if (index < 0) index = this.exprs.push(expr) - 1;
    return { kind: 'outer', index, type: expr.type, typmod: expr.typmod };
  }
}

/** A CTE in scope. */
export interface CteEntry {
  readonly name: string;
  /** Id that a `cte` node reads: of the whole result, or of the rows of the step before. */
  readonly id: number;
  readonly columns: readonly (ColumnType & { readonly name: string; readonly nullable: boolean })[];
  readonly owner: QueryArguments;
  /** Called when it is read, for the checks of recursion. */
  readonly onUse?: () => void;
  /** Inside a recursive term: the query that the term is part of. */
  readonly isSelf?: boolean;
}

/** CTEs by name, inner ones first. */
export interface CteScope {
  readonly entry: CteEntry;
  readonly outer: CteScope | null;
}

/** What a clause lets its expressions hold; `name` is for messages. */
export interface Clause {
  readonly name: string;
  readonly aggregates: boolean;
  readonly windows: boolean;
  readonly sets: boolean;
  readonly subqueries: boolean;
  /** False where no timestamp is chosen, so that mz_now() has no value. */
  readonly mzNow?: boolean;
}

export function clause(name: string, allows: Partial<Omit<Clause, 'name'>> = {}): Clause {
  return { name, aggregates: false, windows: false, sets: false, subqueries: true, ...allows };
}

/** One SELECT, VALUES or data change. */
export class Level {
  readonly binding: Binding;
  readonly args: QueryArguments;
  ctes: CteScope | null;
  /** What names mean right now: nothing, the FROM items so far (LATERAL), both sides of a join (ON), or all of FROM. */
  items: readonly ScopeItem[] = [];
  clause: Clause = clause('SELECT clause');
  /** Named windows of the WINDOW clause, as PostgreSQL's tree has them. */
  windows = new Map<string, NamedWindow>();
  /** Whether an aggregate of this level has been bound. */
  hasAggregates = false;
  /** FROM has the recursive query that this level is a term of. */
  readsItself = false;
  /** Set-returning calls bound so far, in the order met: tells whether an expression brought some. */
  readonly sets: SetCall[] = [];
  /** For each slot whether its columns can be NULL; absent: they can. */
  readonly notNull = new Map<number, boolean[]>();
  #slots = 0;

  constructor(binding: Binding, args: QueryArguments, ctes: CteScope | null) {
    this.binding = binding;
    this.args = args;
    this.ctes = ctes;
  }

  newSlot(): number {
    return this.#slots++;
  }

  get slotCount(): number {
    return this.#slots;
  }

  /** A level for a query inside this one, with arguments of its own. */
  inner(): Level {
    return new Level(this.binding, new QueryArguments(this), this.ctes);
  }

  /** A level that runs as part of this one's query: a branch of a set operation, a CTE. */
  beside(): Level {
    return new Level(this.binding, this.args, this.ctes);
  }

  /** Runs `work` with other names in scope. */
  withItems<T>(items: readonly ScopeItem[], work: () => T): T {
    const before = this.items;
    this.items = items;
    try {
      return work();
    } finally {
      this.items = before;
    }
  }

  /** Runs `work` inside a clause. */
  within<T>(inside: Clause, work: () => T): T {
    const before = this.clause;
    this.clause = inside;
    try {
      return work();
    } finally {
      this.clause = before;
    }
  }

  /** Notes that a CTE is read here, for every query between here and the one that declares it. */
  useCte(entry: CteEntry): void {
    entry.onUse?.();
    let args: QueryArguments | undefined = this.args;
    while (args !== undefined && args !== entry.owner) {
      args.usesCte = true;
      args = args.parent?.args;
    }
  }
}
