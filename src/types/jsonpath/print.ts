/** Trees of SQL/JSON paths to the text that PostgreSQL writes: keys in quotes, parentheses where precedence asks for them. */
import { quoteJson } from '../jsonb.ts';
import { parseJsonPath } from './parse.ts';
import type { JsonPath, PathNode, PathStep } from './syntax.ts';

/** The canonical text of a path: how a jsonpath value is held and printed. Throws SqlError for what is no path. */
export function canonicalJsonPath(text: string): string {
  return printJsonPath(parseJsonPath(text));
}

function printJsonPath({ strict, root }: JsonPath): string {
  return (strict ? 'strict ' : '') + print(root, true);
}

function priority(node: PathNode): number {
  switch (node.kind) {
    case 'or':
      return 0;
    case 'and':
      return 1;
    case 'comparison':
    case 'startsWith':
      return 2;
    case 'arithmetic':
      return node.operator === '+' || node.operator === '-' ? 3 : 4;
    case 'sign':
      return 5;
    default:
      return 6;
  }
}

function print(node: PathNode, parentheses: boolean): string {
  const enclosed = (text: string): string => (parentheses ? `(${text})` : text);
  const part = (inner: PathNode): string => print(inner, priority(inner) <= priority(node));
  switch (node.kind) {
    case 'null':
      return 'null';
    case 'boolean':
      return String(node.value);
    case 'number':
      return node.value.toString();
    case 'string':
      return quoteJson(node.value);
    case 'variable':
      return `$${quoteJson(node.name)}`;
    case 'root':
      return '$';
    case 'current':
      return '@';
    case 'last':
      return 'last';
    case 'path':
      return print(node.head, true) + node.steps.map(printStep).join('');
    case 'arithmetic':
    case 'comparison':
      return enclosed(`${part(node.left)} ${node.operator} ${part(node.right)}`);
    case 'and':
      return enclosed(`${part(node.left)} && ${part(node.right)}`);
    case 'or':
      return enclosed(`${part(node.left)} || ${part(node.right)}`);
    case 'startsWith':
      return enclosed(`${part(node.whole)} starts with ${part(node.initial)}`);
    case 'likeRegex': {
      const flags = node.flags === '' ? '' : ` flag ${quoteJson(node.flags)}`;
      return enclosed(`${print(node.operand, false)} like_regex ${quoteJson(node.pattern)}${flags}`);
    }
    case 'sign':
      return enclosed(node.operator + part(node.operand));
    case 'not':
      return `!(${print(node.operand, false)})`;
    case 'isUnknown':
      return `(${print(node.operand, false)}) is unknown`;
    case 'exists':
      return `exists (${print(node.operand, false)})`;
  }
}

function printStep(step: PathStep): string {
  switch (step.kind) {
    case 'member':
      return `.${quoteJson(step.key)}`;
    case 'anyMember':
      return '.*';
    case 'anyElement':
      return '[*]';
    case 'elements': {
      const parts = step.subscripts.map(({ from, to }) =>
        to === null ? print(from, false) : `${print(from, false)} to ${print(to, false)}`,
      );
      return `[${parts.join(',')}]`;
    }
    case 'descend':
      return `.**${printLevels(step)}`;
    case 'method':
      return `.${step.name}()`;
    case 'datetime':
      return `.datetime(${step.template === null ? '' : quoteJson(step.template)})`;
    case 'filter':
      return `?(${print(step.predicate, false)})`;
  }
}

function printLevels({ from, to }: Extract<PathStep, { kind: 'descend' }>): string {
  if (from === 0 && to === 'last') return '';
  return from === to ? `{${String(from)}}` : `{${String(from)} to ${String(to)}}`;
}
