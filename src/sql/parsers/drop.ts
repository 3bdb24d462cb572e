/** DROP of every kind, and COMMENT ON. */
import type { CommentOn, ObjectKind, ObjectName, Statement } from '../nodes.ts';
import type { TokenStream } from '../token-stream.ts';
import { parseReplicaName } from './cluster.ts';
import { expectObjectKind, takeBehavior, takeIfExists, takeObjectKind } from './common.ts';
import { parseDropOwned } from './privileges.ts';

/** drop = "DROP" ("OWNED" ... | kind [IF EXISTS] name,... [CASCADE | RESTRICT]) */
export function parseDrop(stream: TokenStream): Statement {
  if (stream.takeKeyword('OWNED')) return parseDropOwned(stream);
  const kindToken = stream.peek();
  const objectKind = expectObjectKind(stream, ['OWNED']);
  if (objectKind === 'function') stream.expected('an object that can be dropped', kindToken);
  const ifExists = takeIfExists(stream);
  // One database at a time: a comma is what comes after the statement.
  const names =
    objectKind === 'database'
      ? [stream.singleName()]
      : stream.commaSeparated(() => parseName(stream, objectKind));
  const behavior = takesBehavior(objectKind) ? takeBehavior(stream) : null;
  return { kind: 'drop objects', objectKind, ifExists, names, behavior };
}

function takesBehavior(kind: ObjectKind): boolean {
  return kind !== 'role' && kind !== 'cluster replica' && kind !== 'network policy';
}

/** A name with as many parts as the kind allows. */
function parseName(stream: TokenStream, kind: ObjectKind): ObjectName {
  switch (kind) {
    case 'cluster replica':
      return parseReplicaName(stream);
    case 'cluster':
    case 'role':
    case 'database':
    case 'network policy':
      return stream.singleName();
    default:
      return stream.objectName();
  }
}

/** comment = "COMMENT" "ON" (kind name | "COLUMN" name) "IS" (string | "NULL") */
export function parseComment(stream: TokenStream): Statement {
  stream.expectKeyword('ON');
  const target: CommentOn['target'] = stream.takeKeyword('COLUMN') ? 'column' : expectCommentKind(stream);
  const nameToken = stream.peek();
  const name = target === 'column' ? stream.objectName() : parseName(stream, target);
  if (target === 'column' && name.parts.length < 2) {
    stream.fail('need to specify an object and a column', nameToken);
  }
  stream.expectKeyword('IS');
  const comment = stream.takeKeyword('NULL') ? null : stream.literalString();
  return { kind: 'comment', target, name, comment };
}

function expectCommentKind(stream: TokenStream): ObjectKind {
  return takeObjectKind(stream) ?? expectObjectKind(stream, ['COLUMN']);
}
