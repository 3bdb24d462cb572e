/** Queries as the catalog keeps them: text with the places of the names in it. */
import type { StoredQuery } from '../catalog/records.ts';
import { tokenize, type Token } from '../sql/lexer.ts';
import type { Query } from '../sql/nodes.ts';
import type { BoundQuery, NameReference } from './plan.ts';

export { currentText } from './stored-text.ts';

/**
 * What the catalog keeps of a view's query: its text as written, and where it names relations, so that it can be printed
 * with the names of any later day. Columns qualified by a schema lose that part, since their relation gets an alias.
 */
export function storedQuery(query: Query, bound: BoundQuery): StoredQuery {
  const { sql } = query;
  // The query may stand inside a statement (CREATE VIEW ... AS): references count from the statement's start.
  const base = query.span.start;
  const tokens = tokenize(sql);
  const references: StoredQuery['references'][number][] = [];
  let text = '';
  let copied = 0;
  for (const reference of bound.references) {
    const start = reference.start - base;
    const first = tokens.findIndex((token) => token.start === start);
    if (first < 0) continue;
    if (reference.kind === 'column') {
      const rest = tokens[first + 2 * reference.dropParts];
      if (rest === undefined) continue;
      text += sql.slice(copied, start);
      copied = rest.start;
      continue;
    }
    text += sql.slice(copied, start);
    copied = nameEnd(tokens, first);
    references.push(placed(reference, text.length, text.length + copied - start));
    text += sql.slice(start, copied);
  }
  return { sql: text + sql.slice(copied), references };
}

function placed(
  { id, alias }: Extract<NameReference, { kind: 'relation' }>,
  start: number,
  end: number,
): StoredQuery['references'][number] {
  return alias === null ? { start, end, id } : { start, end, id, alias };
}

/** Offset after the name that starts at a token: parts joined by dots, or `[u1 AS name]`. */
function nameEnd(tokens: readonly Token[], first: number): number {
  let i = first;
  if (tokens[i]?.kind === 'left square bracket') {
    while (i < tokens.length && tokens[i]?.kind !== 'right square bracket') i++;
    return tokens[i]?.end ?? 0;
  }
  while (tokens[i + 1]?.kind === 'dot') i += 2;
  return tokens[i]?.end ?? 0;
}
