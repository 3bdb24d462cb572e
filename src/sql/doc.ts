/**
 * A small document tree for laying out SQL: the same tree prints on one line or wrapped at a width (after Wadler's "A
 * prettier printer": a group goes on one line when it fits, else every line of its own breaks).
 */

export type Doc =
  | string
  | readonly Doc[]
  /** A space, or a line break when its group does not fit. */
  | { readonly kind: 'line' }
  /** Nothing, or a line break when its group does not fit. */
  | { readonly kind: 'softline' }
  /** Line breaks inside go `INDENT` deeper. */
  | { readonly kind: 'indent'; readonly doc: Doc }
  | { readonly kind: 'group'; readonly doc: Doc };

/** Width of the pretty form, in characters. */
export const PRETTY_WIDTH = 100;
/** Spaces of one level of indentation. */
export const INDENT = 4;

export const line: Doc = { kind: 'line' };
export const softline: Doc = { kind: 'softline' };

export function indent(doc: Doc): Doc {
  return { kind: 'indent', doc };
}

export function group(doc: Doc): Doc {
  return { kind: 'group', doc };
}

/** Docs with a separator between them. */
export function join(docs: readonly Doc[], separator: Doc): Doc {
  return docs.flatMap((doc, i) => (i === 0 ? [doc] : [separator, doc]));
}

/** `left a, b right`, one item a line when it does not fit. */
export function bracketed(left: string, items: readonly Doc[], right: string): Doc {
  return group([left, indent([softline, join(items, [',', line])]), softline, right]);
}

/** Clauses, each on a line of its own when they do not all fit on one. */
export function clauses(parts: readonly (Doc | null)[]): Doc {
  return group(
    join(
      parts.filter((part): part is Doc => part !== null && part !== ''),
      line,
    ),
  );
}

/** A keyword and what it governs, moved to an indented line when both do not fit on one. */
export function clause(keyword: string, body: Doc): Doc {
  return group([keyword, indent([line, body])]);
}

/** The document on as few lines as the width allows; an infinite width gives one line. */
export function render(doc: Doc, width: number): string {
  let out = '';
  let column = 0;
  const work: { readonly doc: Doc; readonly flat: boolean; readonly depth: number }[] = [
    { doc, flat: false, depth: 0 },
  ];
  for (let item = work.pop(); item !== undefined; item = work.pop()) {
    const { doc: next, flat, depth } = item;
    if (typeof next === 'string') {
      out += next;
      column += [...next].length;
    } else if (isList(next)) {
      for (let i = next.length - 1; i >= 0; i--) work.push({ doc: next[i] ?? '', flat, depth });
    } else if (next.kind === 'line' || next.kind === 'softline') {
      if (flat) {
        if (next.kind === 'line') {
          out += ' ';
          column++;
        }
      } else {
        out += '\n' + ' '.repeat(depth);
        column = depth;
      }
    } else if (next.kind === 'indent') {
      work.push({ doc: next.doc, flat, depth: depth + INDENT });
    } else {
      work.push({ doc: next.doc, flat: flat || fits(next.doc, width - column), depth });
    }
  }
  return out;
}

/** Whether the document takes at most `room` characters on one line. */
function fits(doc: Doc, room: number): boolean {
  if (room === Infinity) return true;
  let left = room;
  const work: Doc[] = [doc];
  for (let next = work.pop(); next !== undefined; next = work.pop()) {
    if (typeof next === 'string') left -= [...next].length;
    else if (isList(next)) for (let i = next.length - 1; i >= 0; i--) work.push(next[i] ?? '');
    else if (next.kind === 'line') left -= 1;
    else if (next.kind !== 'softline') work.push(next.doc);
    if (left < 0) return false;
  }
  return true;
}

function isList(doc: Doc): doc is readonly Doc[] {
  return Array.isArray(doc);
}
