/**
 * EXPLAIN of queries: how this server runs them. The plan is Tumbler's own, so its text is not Materialize's; the stages that
 * only Materialize's optimiser has are refused by name. Source: documentation of EXPLAIN PLAN.
 */
import type { Item } from '../../catalog/records.ts';
import { planError, unsupported } from '../../errors.ts';
import { arrayCursor } from '../../query/array-cursor.ts';
import { bindQuery } from '../../query/bind-query.ts';
import { explain as explainLines } from '../../query/explain.ts';
import { currentText } from '../../query/stored-text.ts';
import type { ResultColumn } from '../../query/result.ts';
import type { Explain } from '../../sql/nodes.ts';
import { parseQuery } from '../../sql/parser.ts';
import { TEXT } from '../../types/registry.ts';
import { fullItemName, kindWord } from '../support/names.ts';
import { itemNamed } from '../support/resolve.ts';
import type { Described, Handler, RunScope, Scope } from './handler.ts';

const COLUMNS: readonly ResultColumn[] = [{ name: 'Physical Plan', type: TEXT, typmod: -1 }];

function refuseOthers(node: Explain): void {
  if (node.what !== 'plan') throw unsupported(`EXPLAIN ${node.what.toUpperCase()} is`);
  if (node.stage !== null && node.stage !== 'physical' && node.stage !== 'optimized') {
    throw unsupported(`EXPLAIN ${node.stage.toUpperCase()} PLAN is`);
  }
  if (node.format === 'json' || node.format === 'dot') {
    throw unsupported(`EXPLAIN AS ${node.format.toUpperCase()} is`);
  }
  const option = node.options[0];
  if (option !== undefined) throw unsupported(`EXPLAIN option ${option.name} is`);
}

function linesOf(node: Explain, scope: Scope): readonly string[] {
  const { explainee } = node;
  if (explainee.kind === 'item')
    return linesOfItem(itemNamed(scope, explainee.name), explainee.objectKind, scope);
  if (explainee.statement.kind !== 'select') {
    throw unsupported(`EXPLAIN of ${explainee.statement.kind.toUpperCase()} is`);
  }
  return explainLines(bindQuery(explainee.statement.query, scope.sql, { parameterTypes: [] }));
}

function linesOfItem(item: Item, expected: string, scope: Scope): readonly string[] {
  if (kindWord(item.kind) !== expected) {
    throw planError(`${fullItemName(scope.snapshot, item)} is not a ${expected}`);
  }
  if (!('query' in item)) throw unsupported(`EXPLAIN of an ${expected} is`);
  const query = parseQuery(currentText(item.query, scope.snapshot));
  return explainLines(bindQuery(query, scope.sql, { parameterTypes: [] }));
}

export const explain: Handler<Explain> = {
  transaction: 'free',
  tag: 'EXPLAIN',
  describe(node): Described {
    refuseOthers(node);
    return { columns: COLUMNS, parameters: [] };
  },
  run(node, scope: RunScope) {
    const rows = [[linesOf(node, scope).join('\n')]];
    return { kind: 'rows', columns: COLUMNS, cursor: arrayCursor(rows), tag: (n) => `SELECT ${n}` };
  },
};
