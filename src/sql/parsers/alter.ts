/** ALTER of every kind: the dispatch, and the forms all kinds share. */
import type { ObjectKind, ObjectName, Option, Statement } from '../nodes.ts';
import { oneOf, type TokenStream } from '../token-stream.ts';
import { parseAlterCluster, parseAlterClusterReplica } from './cluster.ts';
import { expectObjectKind, parseClusterRef, takeIfExists } from './common.ts';
import { parseAlterConnection } from './connection.ts';
import { parseType } from './expression.ts';
import { parseAlterNetworkPolicy } from './network-policy.ts';
import { parseOptionList, parseOptionNames, RETAIN_HISTORY } from './options.ts';
import { parseAlterDefaultPrivileges } from './privileges.ts';
import { parseAlterRole } from './role.ts';
import { parseAlterSecret } from './secret.ts';
import { parseAlterSink } from './sink.ts';
import { parseAlterSource } from './source.ts';
import { parseAlterSystem } from './variables.ts';

/** What is altered. */
export interface AlterTarget {
  readonly objectKind: ObjectKind;
  readonly ifExists: boolean;
  readonly name: ObjectName;
}

/** alter = "ALTER" ("SYSTEM" ... | "DEFAULT" "PRIVILEGES" ... | kind ...) */
export function parseAlter(stream: TokenStream): Statement {
  if (stream.takeKeyword('SYSTEM')) return parseAlterSystem(stream);
  if (stream.takeKeyword('DEFAULT')) return parseAlterDefaultPrivileges(stream);
  const objectKind = expectObjectKind(stream, ['SYSTEM', 'DEFAULT']);
  switch (objectKind) {
    case 'secret':
      return parseAlterSecret(stream);
    case 'connection':
      return parseAlterConnection(stream);
    case 'cluster':
      return parseAlterCluster(stream);
    case 'cluster replica':
      return parseAlterClusterReplica(stream);
    case 'source':
      return parseAlterSource(stream);
    case 'sink':
      return parseAlterSink(stream);
    case 'role':
      return parseAlterRole(stream);
    case 'network policy':
      return parseAlterNetworkPolicy(stream);
    case 'database':
    case 'type':
      return parseAlterOf(stream, objectKind, ['OWNER', 'RENAME', 'SWAP']);
    case 'schema':
      return parseAlterOf(stream, objectKind, ['OWNER', 'RENAME', 'SWAP']);
    case 'table':
      return parseAlterRelation(stream, objectKind, ['RENAME', 'OWNER', 'SWAP', 'SET', 'RESET', 'ADD']);
    case 'materialized view':
      return parseAlterRelation(stream, objectKind, ['RENAME', 'OWNER', 'SWAP', 'SET', 'RESET', 'APPLY']);
    case 'view':
    case 'index':
      return parseAlterRelation(stream, objectKind, ['RENAME', 'OWNER', 'SWAP', 'SET', 'RESET']);
    case 'continual task':
      return parseAlterOf(stream, objectKind, ['RENAME', 'OWNER']);
    case 'function':
      return stream.expected('an object that can be altered', stream.tokens[stream.at - 1]);
  }
}

type CommonWord = 'RENAME' | 'OWNER' | 'SWAP';

/** ("RENAME" "TO" ident | "OWNER" "TO" role | "SWAP" "WITH" ident), after the first word. */
export function parseAlterCommon(stream: TokenStream, word: CommonWord, target: AlterTarget): Statement {
  switch (word) {
    case 'RENAME':
      stream.expectKeyword('TO');
      return { kind: 'alter rename', ...target, to: stream.identifier() };
    case 'OWNER':
      stream.expectKeyword('TO');
      return { kind: 'alter owner', ...target, to: stream.identifier() };
    case 'SWAP':
      stream.expectKeyword('WITH');
      return { kind: 'alter swap', ...target, with: stream.identifier() };
  }
}

/** alter_plain = [IF EXISTS] name common */
function parseAlterOf(stream: TokenStream, objectKind: ObjectKind, words: readonly CommonWord[]): Statement {
  const ifExists = takeIfExists(stream);
  const name = objectKind === 'database' ? stream.singleName() : stream.objectName();
  return parseAlterCommon(stream, stream.expectOneOf(words), { objectKind, ifExists, name });
}

type RelationKind = 'table' | 'view' | 'materialized view' | 'index';

/** alter_relation = [IF EXISTS] name (common | SET (...) | RESET (...) | SET CLUSTER c | ADD COLUMN ... | APPLY ...) */
function parseAlterRelation(
  stream: TokenStream,
  objectKind: RelationKind,
  words: readonly (CommonWord | 'SET' | 'RESET' | 'ADD' | 'APPLY')[],
): Statement {
  const ifExists = takeIfExists(stream);
  const name = stream.objectName();
  const word = stream.takeOneOf(words) ?? stream.expected(oneOf(words));
  const target = { objectKind, ifExists, name };
  switch (word) {
    case 'SET':
      if (objectKind === 'materialized view' && stream.takeKeyword('CLUSTER')) {
        return { kind: 'alter set cluster', objectKind, ifExists, name, cluster: parseClusterRef(stream) };
      }
      return {
        kind: 'alter retain history',
        ...target,
        option: onlyOption(parseOptionList(stream, [RETAIN_HISTORY])),
      };
    case 'RESET':
      parseOptionNames(stream, [RETAIN_HISTORY]);
      return { kind: 'alter retain history', ...target, option: null };
    case 'ADD':
      return parseAddColumn(stream, ifExists, name);
    case 'APPLY':
      stream.expectKeyword('REPLACEMENT');
      return { kind: 'alter apply replacement', ifExists, name, replacement: stream.objectName() };
    default:
      return parseAlterCommon(stream, word, target);
  }
}

/** RETAIN HISTORY is the one option: the last one given wins, as the list is of one name. */
function onlyOption(options: readonly Option[]): Option | null {
  return options.at(-1) ?? null;
}

/** "ADD" "COLUMN" ["IF" "NOT" "EXISTS"] name type */
function parseAddColumn(stream: TokenStream, ifExists: boolean, name: ObjectName): Statement {
  stream.expectKeyword('COLUMN');
  const ifColumnNotExists = stream.takeKeywords('IF NOT EXISTS');
  const column = stream.identifier();
  const type = parseType(stream);
  return { kind: 'alter table add column', ifExists, name, column, ifColumnNotExists, typeSql: type.sql };
}
