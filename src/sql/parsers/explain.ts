/** EXPLAIN. */
import type { Explain, Option, Statement } from '../nodes.ts';
import type { TokenStream } from '../token-stream.ts';
import { sourceText } from './expression.ts';
import { parseStatementBody } from './statement.ts';

type Stage = Explain['stage'];

/**
 * explain = "EXPLAIN" [stage] ["PLAN"] [WITH (flag,...)] [AS format] ["FOR"] explainee
 *         | "EXPLAIN" ("TIMESTAMP" | "FILTER" "PUSHDOWN" | "ANALYZE" ... | ("KEY" | "VALUE") "SCHEMA") [AS format] "FOR" explainee
 */
export function parseExplain(stream: TokenStream): Statement {
  if (stream.takeKeyword('TIMESTAMP')) return parseOther(stream, 'timestamp');
  if (stream.takeKeywords('FILTER PUSHDOWN')) return parseOther(stream, 'filter pushdown');
  if (stream.takeKeywords('KEY SCHEMA')) return parseOther(stream, 'key schema');
  if (stream.takeKeywords('VALUE SCHEMA')) return parseOther(stream, 'value schema');
  if (stream.isKeyword('ANALYZE')) {
    while (!stream.done && !stream.isKeyword('FOR')) stream.advance();
    return parseOther(stream, 'analyze');
  }
  const stage = parseOptionalStage(stream);
  const hasStage = stream.takeKeyword('PLAN') || stage !== null;
  const options = stream.takeKeyword('WITH') ? parseFlags(stream) : [];
  const format = parseOptionalFormat(stream);
  if (hasStage || options.length > 0 || format !== null) stream.expectKeyword('FOR');
  else stream.takeKeyword('FOR');
  return { kind: 'explain', what: 'plan', stage, format, options, explainee: parseExplainee(stream) };
}

function parseOther(stream: TokenStream, what: Explain['what']): Statement {
  const format = parseOptionalFormat(stream);
  stream.expectKeyword('FOR');
  return { kind: 'explain', what, stage: null, format, options: [], explainee: parseExplainee(stream) };
}

function parseOptionalStage(stream: TokenStream): Stage {
  if (stream.takeKeywords('LOCALLY OPTIMIZED')) return 'locally optimized';
  const word = stream.takeOneOf(['RAW', 'DECORRELATED', 'OPTIMIZED', 'PHYSICAL']);
  return word === null ? null : (word.toLowerCase() as Stage);
}

/** "(" words [["="] value],... ")": flags of any words, none of which changes a result */
function parseFlags(stream: TokenStream): Option[] {
  return stream.parenthesized((): Option => {
    const start = stream.offset;
    const words: string[] = [];
    while (stream.isIdentifier() && !stream.isKeyword('TRUE') && !stream.isKeyword('FALSE')) {
      words.push(stream.identifier().toUpperCase());
    }
    if (words.length === 0) stream.expected('identifier');
    stream.take('equals sign');
    const word = stream.takeOneOf(['TRUE', 'FALSE']);
    const span = stream.spanFrom(start);
    return {
      name: words.join(' '),
      value: word === null ? null : { kind: 'boolean', value: word === 'TRUE', span },
      span,
    };
  });
}

/** ["AS" (["VERBOSE"] "TEXT" | "JSON" | "DOT")] */
function parseOptionalFormat(stream: TokenStream): Explain['format'] {
  if (!stream.takeKeyword('AS')) return null;
  switch (stream.expectOneOf(['TEXT', 'JSON', 'DOT', 'VERBOSE'])) {
    case 'TEXT':
      return 'text';
    case 'JSON':
      return 'json';
    case 'DOT':
      return 'dot';
    case 'VERBOSE':
      stream.expectKeyword('TEXT');
      return 'verbose text';
  }
}

/** ["REPLAN"] ("VIEW" | "MATERIALIZED" "VIEW" | "INDEX") item | ["BROKEN"] statement */
function parseExplainee(stream: TokenStream): Explain['explainee'] {
  const replan = stream.takeKeyword('REPLAN');
  if (stream.takeKeyword('VIEW'))
    return { kind: 'item', objectKind: 'view', replan, name: stream.itemName() };
  if (stream.takeKeyword('INDEX'))
    return { kind: 'item', objectKind: 'index', replan, name: stream.itemName() };
  if (stream.takeKeyword('MATERIALIZED')) {
    stream.expectKeyword('VIEW');
    return { kind: 'item', objectKind: 'materialized view', replan, name: stream.itemName() };
  }
  if (replan) stream.expected('one of VIEW or MATERIALIZED or INDEX');
  const broken = stream.takeKeyword('BROKEN');
  const from = stream.at;
  const statement = parseStatementBody(stream);
  return { kind: 'statement', statement, sql: sourceText(stream, from, stream.at), broken };
}
