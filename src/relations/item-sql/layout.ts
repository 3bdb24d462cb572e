/**
 * Line breaking for the pretty form: a group prints on one line when it fits in what is left of 100 columns, else every
 * one of its own breaks becomes a new line (the classic design of Oppen's and Wadler's printers).
 */

/** Columns a line may have. */
export const LINE_WIDTH = 100;
/** Columns one level of indentation takes. */
export const INDENT = 4;

export type Doc =
  | string
  | { readonly kind: 'break'; readonly flat: string }
  | { readonly kind: 'concat'; readonly parts: readonly Doc[] }
  | { readonly kind: 'indent'; readonly inner: Doc }
  | { readonly kind: 'group'; readonly inner: Doc };

/** A blank, or a new line where the group is broken. */
export const LINE: Doc = { kind: 'break', flat: ' ' };
/** Nothing, or a new line where the group is broken. */
export const SOFT_LINE: Doc = { kind: 'break', flat: '' };

export function concat(...parts: readonly Doc[]): Doc {
  return { kind: 'concat', parts };
}

export function indent(...parts: readonly Doc[]): Doc {
  return { kind: 'indent', inner: concat(...parts) };
}

export function group(...parts: readonly Doc[]): Doc {
  return { kind: 'group', inner: concat(...parts) };
}

/** Docs with `separator` between them. */
export function join(separator: Doc, docs: readonly Doc[]): Doc {
  return concat(...docs.flatMap((doc, i) => (i === 0 ? [doc] : [separator, doc])));
}

/** `(a, b, c)`, one element to a line when it is too long. */
export function parenthesised(docs: readonly Doc[]): Doc {
  if (docs.length === 0) return '()';
  return group('(', indent(SOFT_LINE, join(concat(',', LINE), docs)), SOFT_LINE, ')');
}

/** The clauses of a statement: all on one line when they fit, else each on its own. Missing ones are null. */
export function clauses(...parts: readonly (Doc | null)[]): Doc {
  return group(
    join(
      LINE,
      parts.filter((part) => part !== null),
    ),
  );
}

/** A keyword and what follows it, which moves to a line of its own when both do not fit. */
export function titled(title: string, body: Doc): Doc {
  return group(title, indent(LINE, body));
}

/** The text on one line. */
export function flatText(doc: Doc): string {
  if (typeof doc === 'string') return doc;
  switch (doc.kind) {
    case 'break':
      return doc.flat;
    case 'concat':
      return doc.parts.map(flatText).join('');
    case 'indent':
    case 'group':
      return flatText(doc.inner);
  }
}

interface Pending {
  readonly doc: Doc;
  readonly indent: number;
  readonly flat: boolean;
}

/** The text with line breaks. */
export function layOut(doc: Doc): string {
  let text = '';
  let column = 0;
  const stack: Pending[] = [{ doc, indent: 0, flat: false }];
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const { doc: current, indent: depth, flat } = top;
    if (typeof current === 'string') {
      text += current;
      const newline = current.lastIndexOf('\n');
      column = newline < 0 ? column + current.length : current.length - newline - 1;
    } else if (current.kind === 'break') {
      text += flat ? current.flat : `\n${' '.repeat(depth)}`;
      column = flat ? column + current.flat.length : depth;
    } else if (current.kind === 'concat') {
      for (const part of current.parts.toReversed()) stack.push({ doc: part, indent: depth, flat });
    } else if (current.kind === 'indent') {
      stack.push({ doc: current.inner, indent: depth + INDENT, flat });
    } else {
      const rest = LINE_WIDTH - column - trailing(stack);
      stack.push({ doc: current.inner, indent: depth, flat: flat || flatText(current).length <= rest });
    }
  }
  return text;
}

/** Width of what has to follow on the same line: text up to the next break that will be a new line. */
function trailing(stack: readonly Pending[]): number {
  let width = 0;
  for (const { doc, flat } of stack.toReversed()) {
    const taken = widthToBreak(doc, flat);
    width += taken.width;
    if (taken.ended) break;
  }
  return width;
}

function widthToBreak(doc: Doc, flat: boolean): { readonly width: number; readonly ended: boolean } {
  if (typeof doc === 'string') return { width: doc.length, ended: false };
  switch (doc.kind) {
    case 'break':
      return flat ? { width: doc.flat.length, ended: false } : { width: 0, ended: true };
    case 'concat': {
      let width = 0;
      for (const part of doc.parts) {
        const taken = widthToBreak(part, flat);
        width += taken.width;
        if (taken.ended) return { width, ended: true };
      }
      return { width, ended: false };
    }
    case 'indent':
    case 'group':
      return widthToBreak(doc.inner, flat);
  }
}
