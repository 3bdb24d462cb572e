/** CREATE SECRET and ALTER SECRET. */
import type { Statement } from '../nodes.ts';
import type { TokenStream } from '../token-stream.ts';
import { parseAlterCommon } from './alter.ts';
import { takeIfExists, takeIfNotExists } from './common.ts';
import { parseRestAsExpression } from './expression.ts';

/** create_secret = "CREATE" "SECRET" ["IF" "NOT" "EXISTS"] name "AS" expr */
export function parseCreateSecret(stream: TokenStream): Statement {
  const ifNotExists = takeIfNotExists(stream);
  const name = stream.objectName();
  stream.expectKeyword('AS');
  return { kind: 'create secret', ifNotExists, name, value: parseRestAsExpression(stream) };
}

/** alter_secret = "ALTER" "SECRET" ["IF" "EXISTS"] name ("AS" expr | "RENAME" "TO" ident | "OWNER" "TO" role) */
export function parseAlterSecret(stream: TokenStream): Statement {
  const ifExists = takeIfExists(stream);
  const name = stream.objectName();
  const word = stream.expectOneOf(['AS', 'RENAME', 'OWNER']);
  if (word === 'AS') return { kind: 'alter secret', ifExists, name, value: parseRestAsExpression(stream) };
  return parseAlterCommon(stream, word, { objectKind: 'secret', ifExists, name });
}
