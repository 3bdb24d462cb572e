import type { ResultColumn } from '../../query/result.ts';
import type { Statement } from '../../sql/nodes.ts';
import type { ColumnType } from '../../types/sql-type.ts';
import type { Prepared } from '../outcome.ts';
import type { Described } from '../statements/handler.ts';

const NO_PARAMETERS: readonly ColumnType[] = [];

/** A statement planned once and run many times; planned again when the schema or the session's variables moved. */
export class PreparedStatement implements Prepared {
  /** null: an empty query string. */
  readonly node: Statement | null;
  readonly sql: string;
  /** OIDs given by the client, kept for planning again. */
  readonly parameterTypes: readonly number[];
  planKey: string;
  #described: Described | undefined;

  constructor(
    node: Statement | null,
    sql: string,
    parameterTypes: readonly number[],
    described: Described | undefined,
    planKey: string,
  ) {
    this.node = node;
    this.sql = sql;
    this.parameterTypes = parameterTypes;
    this.#described = described;
    this.planKey = planKey;
  }

  get empty(): boolean {
    return this.node === null;
  }
  get parameters(): readonly ColumnType[] {
    return this.#described?.parameters ?? NO_PARAMETERS;
  }
  get columns(): readonly ResultColumn[] | null {
    return this.#described?.columns ?? null;
  }
  get isCopy(): boolean {
    return this.#described?.isCopy ?? false;
  }

  /** What `describe` found, for `run`. */
  get plan(): unknown {
    return this.#described?.plan;
  }

  sameColumns(other: PreparedStatement): boolean {
    const a = this.columns;
    const b = other.columns;
    if (a === null || b === null) return a === b;
    return (
      a.length === b.length &&
      a.every((c, i) => c.type.oid === b[i]!.type.oid && c.typmod === b[i]!.typmod && c.name === b[i]!.name)
    );
  }

  adopt(fresh: PreparedStatement): void {
    this.#described = fresh.#described;
    this.planKey = fresh.planKey;
  }
}
