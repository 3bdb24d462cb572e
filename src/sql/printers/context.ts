/** How to print, and the printing of names and literals under it. */
import type { ObjectName } from '../nodes.ts';
import { quoteIdent, quoteIdentAlways, quoteLiteral } from '../quote.ts';

export interface PrintStyle {
  /** Literals print as `'<REDACTED>'`; options of connections, sources and sinks stay, as none may hold a secret. */
  readonly redacted: boolean;
  /** Identifiers always in quotes: the stable form of the durable catalog. */
  readonly quoteAll: boolean;
  /** Hide inline credentials of connections too, which SHOW CREATE shows but a log must not. */
  readonly hideCredentials: boolean;
}

/** What stands for a literal that must not be seen. */
export const REDACTED = `'<REDACTED>'`;

export function ident(style: PrintStyle, name: string): string {
  return style.quoteAll ? quoteIdentAlways(name) : quoteIdent(name);
}

export function idents(style: PrintStyle, names: readonly string[]): string {
  return names.map((name) => ident(style, name)).join(', ');
}

/** A name; with an id, `[u1 AS name]`. */
export function name(style: PrintStyle, object: ObjectName): string {
  const path = object.parts.map((part) => ident(style, part)).join('.');
  return object.id === undefined ? path : `[${object.id} AS ${path}]`;
}

export function names(style: PrintStyle, objects: readonly ObjectName[]): string {
  return objects.map((object) => name(style, object)).join(', ');
}

/** A string literal, hidden when redacting. */
export function literal(style: PrintStyle, value: string): string {
  return style.redacted ? REDACTED : quoteLiteral(value);
}
