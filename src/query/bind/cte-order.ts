/** Which common table expressions read which, told from the parse tree alone: their names are not bound yet. */
import type { CommonTableExpr, JoinExpr, Node, SelectStmt, SubLink, WithClause } from '@pgsql/types';
import { SqlError, unsupported } from '../../errors.ts';

/** Where a reference stands, as far as recursion cares. */
type Place = 'plain' | 'a subquery' | 'an outer join' | 'INTERSECT' | 'EXCEPT';
type Found = (place: Place) => void;

/** Whether a query reads a relation that only the name `name` stands for. */
export function readsName(query: Node | SelectStmt, name: string): boolean {
  let found = false;
  walk(query, name, 'plain', () => (found = true));
  return found;
}

/**
 * The CTEs of WITH RECURSIVE so that each comes after those it reads; one may read itself. Throws 0A000 when some read
 * each other, as PostgreSQL does.
 */
export function inOrderOfUse(ctes: readonly CommonTableExpr[]): readonly CommonTableExpr[] {
  const waiting = new Map(
    ctes.map((cte) => [
      cte,
      ctes.filter((other) => other !== cte && readsName(cte.ctequery ?? {}, other.ctename ?? '')),
    ]),
  );
  const ordered: CommonTableExpr[] = [];
  while (waiting.size > 0) {
    const next = [...waiting].find(([, reads]) => reads.every((cte) => !waiting.has(cte)));
    if (next === undefined) throw unsupported('mutual recursion between WITH items is');
    ordered.push(next[0]);
    waiting.delete(next[0]);
  }
  return ordered;
}

/** Refuses a recursive term that reads `name` where it must not: 42P19 with PostgreSQL's text. */
export function checkRecursiveTerm(query: SelectStmt, name: string): void {
  walk({ SelectStmt: query }, name, 'plain', (place) => {
    if (place !== 'plain') throw invalidRecursion(name, `must not appear within ${place}`);
  });
}

/** 42P19: a query that reads itself in a way that has no meaning. */
export function invalidRecursion(name: string, what: string): SqlError {
  return new SqlError('42P19', `recursive reference to query "${name}" ${what}`);
}

function walk(value: unknown, name: string, place: Place, found: Found): void {
  if (value === null || typeof value !== 'object') return;
  if (Array.isArray(value)) {
    for (const item of value) walk(item, name, place, found);
    return;
  }
  for (const [kind, child] of Object.entries(value)) {
    if (kind === 'RangeVar') {
      const { relname, schemaname } = child as { relname?: string; schemaname?: string };
      if (relname === name && schemaname === undefined) found(place);
    } else if (kind === 'JoinExpr') walkJoin(child as JoinExpr, name, place, found);
    else if (kind === 'SubLink') {
      const { testexpr, subselect } = child as SubLink;
      walk(testexpr, name, place, found);
      walk(subselect, name, 'a subquery', found);
    } else if (kind === 'SelectStmt' || kind === 'larg' || kind === 'rarg') {
      walkSelect(child as SelectStmt, name, place, found);
    } else walk(child, name, place, found);
  }
}

/** The sides of a join that it may fill with NULLs are no place for a recursive reference. */
function walkJoin(join: JoinExpr, name: string, place: Place, found: Found): void {
  const { jointype, larg, rarg, quals } = join;
  const outer = (filled: boolean): Place => (filled ? 'an outer join' : place);
  walk(larg, name, outer(jointype === 'JOIN_RIGHT' || jointype === 'JOIN_FULL'), found);
  walk(rarg, name, outer(jointype === 'JOIN_LEFT' || jointype === 'JOIN_FULL'), found);
  walk(quals, name, place, found);
}

function walkSelect(query: SelectStmt, name: string, place: Place, found: Found): void {
  const { withClause, larg, rarg, op, all, ...rest } = query;
  if (withClause !== undefined && walkWith(withClause, name, place, found)) return;
  const word = op === 'SETOP_INTERSECT' ? 'INTERSECT' : op === 'SETOP_EXCEPT' ? 'EXCEPT' : null;
  const left = word !== null && all === true ? word : place;
  if (larg !== undefined) walkSelect(larg, name, left, found);
  if (rarg !== undefined) walkSelect(rarg, name, word === 'EXCEPT' ? word : left, found);
  walk(rest, name, place, found);
}

/** Whether the WITH clause gives the name another meaning in the query behind it. */
function walkWith(node: WithClause, name: string, place: Place, found: Found): boolean {
  const ctes = (node.ctes ?? []).flatMap((item) => ('CommonTableExpr' in item ? [item.CommonTableExpr] : []));
  const own = ctes.findIndex((cte) => cte.ctename === name);
  if (own >= 0 && node.recursive === true) return true;
  // Without RECURSIVE a CTE sees those before it, and not itself.
  const outside = own < 0 ? ctes : ctes.slice(0, own + 1);
  for (const cte of outside) walk(cte.ctequery, name, place, found);
  return own >= 0;
}
