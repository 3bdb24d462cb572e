/** Option values, types, expressions and queries as documents. */
import { bracketed, clause, clauses, group, type Doc } from '../doc.ts';
import { constructedType } from '../extensions.ts';
import type { Broker, Expression, Option, OptionValue, Query, Refresh, TypeRef } from '../nodes.ts';
import { quoteLiteral } from '../quote.ts';
import { ident, idents, name, names, REDACTED, type PrintStyle } from './context.ts';
import { normalizeText, tokenTexts } from './tokens.ts';
import { typeText } from './type-text.ts';

export function expression(style: PrintStyle, value: Expression): string {
  return normalizeText(style, value.sql);
}

export function type(style: PrintStyle, value: TypeRef): string {
  // A constructed type names other types: print those in normal form too.
  return (
    typeText(value.ast, constructedType(value.ast)) ?? normalizeText({ ...style, redacted: false }, value.sql)
  );
}

const CLAUSE_STARTS: ReadonlySet<string> = new Set([
  'FROM',
  'WHERE',
  'GROUP',
  'HAVING',
  'WINDOW',
  'ORDER',
  'LIMIT',
  'OFFSET',
  'UNION',
  'EXCEPT',
  'INTERSECT',
]);

/** A query, one clause a line when it is too long for one. */
export function query(style: PrintStyle, value: Query): Doc {
  const parts: string[] = [''];
  for (const { token, text, spaced, depth } of tokenTexts(style, value.sql)) {
    const starts =
      depth === 0 && token.kind === 'keyword' && CLAUSE_STARTS.has(token.value) && isClauseStart(parts);
    if (starts && spaced) parts.push(text);
    else parts[parts.length - 1] += spaced ? ` ${text}` : text;
  }
  if (value.asOf !== null) {
    parts.push(`AS OF ${value.asOf.atLeast ? 'AT LEAST ' : ''}${expression(style, value.asOf.time)}`);
  }
  return clauses(parts);
}

/** `IS DISTINCT FROM` and `WITHIN GROUP` start no clause. */
function isClauseStart(parts: readonly string[]): boolean {
  return !/(?:DISTINCT|WITHIN)$/.test(parts.at(-1) ?? '');
}

/** Options whose value is only ever a secret's name: a literal in its place is a mistake, and perhaps a password. */
const SECRET_OPTIONS: ReadonlySet<string> = new Set([
  'PASSWORD',
  'SASL PASSWORD',
  'SECRET ACCESS KEY',
  'SSL KEY',
]);

/** Options that may hold a credential in the clear. */
const CREDENTIAL_OPTIONS: ReadonlySet<string> = new Set([
  'ACCESS KEY ID',
  'SESSION TOKEN',
  'CREDENTIAL',
  'URL',
]);

/** `NAME = value` */
export function option(style: PrintStyle, { name: title, value }: Option): string {
  if (value === null) return title;
  const guarded = SECRET_OPTIONS.has(title) || (style.hideCredentials && CREDENTIAL_OPTIONS.has(title));
  const hidden = guarded && value.kind !== 'secret';
  return `${title} = ${hidden ? REDACTED : optionValue(style, value)}`;
}

export function options(style: PrintStyle, list: readonly Option[]): string {
  return list.map((item) => option(style, item)).join(', ');
}

/** `(A = 1, B = 2)`, on several lines when it must be. */
export function optionList(style: PrintStyle, list: readonly Option[]): Doc {
  return bracketed(
    '(',
    list.map((item) => option(style, item)),
    ')',
  );
}

/** `WITH (...)`, or nothing. */
export function withOptions(style: PrintStyle, list: readonly Option[]): Doc | null {
  return list.length === 0 ? null : group(['WITH', ' ', optionList(style, list)]);
}

export function optionValue(style: PrintStyle, value: OptionValue): string {
  switch (value.kind) {
    case 'string':
      return quoteLiteral(value.value);
    case 'number':
      return value.text;
    case 'boolean':
      return String(value.value);
    case 'null':
      return 'NULL';
    case 'ident':
      return ident(style, value.value);
    case 'name':
      return name(style, value.name);
    case 'secret':
      return `SECRET ${name(style, value.name)}`;
    case 'interval':
      return `INTERVAL ${quoteLiteral(value.value)}`;
    case 'list':
      return `(${value.items.map((item) => optionValue(style, item)).join(', ')})`;
    case 'map':
      return `MAP[${value.entries.map(([key, item]) => `${quoteLiteral(key)} => ${optionValue(style, item)}`).join(', ')}]`;
    case 'expression':
      return expression(style, value.expression);
    case 'names':
      return `(${names(style, value.names)})`;
    case 'idents':
      return `(${idents(style, value.values)})`;
    case 'broker':
      return broker(style, value.broker);
    case 'brokers':
      return `(${value.brokers.map((item) => broker(style, item)).join(', ')})`;
    case 'privatelink':
      return `${name(style, value.name)}${value.port === null ? '' : ` (PORT ${value.port})`}`;
    case 'replicas':
      return `(${value.replicas.map((item) => `${ident(style, item.name)} (${options(style, item.options)})`).join(', ')})`;
    case 'schedule':
      return schedule(style, value);
    case 'retain history':
      return `FOR ${optionValue(style, value.window)}`;
    case 'refresh':
      return refresh(style, value.refresh);
    case 'rules':
      return `(${value.rules.map((rule) => `${ident(style, rule.name)} (${options(style, rule.options)})`).join(', ')})`;
  }
}

function schedule(style: PrintStyle, value: Extract<OptionValue, { kind: 'schedule' }>): string {
  if (value.schedule === 'manual') return 'MANUAL';
  if (value.estimate === null) return 'ON REFRESH';
  return `ON REFRESH (HYDRATION TIME ESTIMATE = ${optionValue(style, value.estimate)})`;
}

/** No space stands before USING: stored definitions have always read so, and they are compared as text. */
function broker(style: PrintStyle, { address, tunnel }: Broker): string {
  const quoted = quoteLiteral(address);
  if (tunnel === null) return quoted;
  if (tunnel.kind === 'ssh') return `${quoted}USING SSH TUNNEL ${name(style, tunnel.connection)}`;
  const list = tunnel.options.length === 0 ? '' : ` (${options(style, tunnel.options)})`;
  return `${quoted}USING AWS PRIVATELINK ${name(style, tunnel.connection)}${list}`;
}

function refresh(style: PrintStyle, value: Refresh): string {
  switch (value.kind) {
    case 'on commit':
      return 'ON COMMIT';
    case 'at creation':
      return 'AT CREATION';
    case 'at':
      return `AT ${expression(style, value.time)}`;
    case 'every': {
      const aligned = value.alignedTo === null ? '' : ` ALIGNED TO ${expression(style, value.alignedTo)}`;
      return `EVERY ${quoteLiteral(value.interval)}${aligned}`;
    }
  }
}

/** `AS` and a query under it. */
export function asQuery(style: PrintStyle, value: Query): Doc {
  return clause('AS', query(style, value));
}

/** Expressions of an index, of EXECUTE. */
export function expressions(style: PrintStyle, values: readonly Expression[]): string {
  return values.map((value) => expression(style, value)).join(', ');
}
