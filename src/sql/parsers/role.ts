/** CREATE ROLE and ALTER ROLE. */
import type { RoleAttribute, Statement } from '../nodes.ts';
import type { TokenStream } from '../token-stream.ts';
import { parseVariableAssignment } from './variables.ts';

const ATTRIBUTES = {
  SUPERUSER: ['superuser', true],
  NOSUPERUSER: ['superuser', false],
  LOGIN: ['login', true],
  NOLOGIN: ['login', false],
  INHERIT: ['inherit', true],
  NOINHERIT: ['inherit', false],
  CREATECLUSTER: ['createcluster', true],
  NOCREATECLUSTER: ['createcluster', false],
  CREATEDB: ['createdb', true],
  NOCREATEDB: ['createdb', false],
  CREATEROLE: ['createrole', true],
  NOCREATEROLE: ['createrole', false],
} as const;

const ATTRIBUTE_WORDS = Object.keys(ATTRIBUTES) as readonly (keyof typeof ATTRIBUTES)[];

const USER_REFUSAL =
  'CREATE USER is not supported, for more information consult the documentation at https://materialize.com/docs/sql/create-role/#details';

/** "CREATE" "USER": refused with a text of its own. */
export function refuseCreateUser(stream: TokenStream): never {
  return stream.fail(USER_REFUSAL, stream.tokens[stream.at - 1]);
}

/** create_role = "CREATE" "ROLE" name ["WITH"] {attr} */
export function parseCreateRole(stream: TokenStream): Statement {
  const name = stream.identifier();
  stream.takeKeyword('WITH');
  return { kind: 'create role', name, attributes: parseAttributes(stream) };
}

/** attr = [NO]SUPERUSER | [NO]LOGIN | [NO]INHERIT | [NO]CREATE... | PASSWORD (string | NULL) */
function parseAttributes(stream: TokenStream): RoleAttribute[] {
  const attributes: RoleAttribute[] = [];
  for (;;) {
    const word = stream.takeOneOf([...ATTRIBUTE_WORDS, 'PASSWORD']);
    if (word === null) return attributes;
    if (word === 'PASSWORD') {
      const password = stream.takeKeyword('NULL') ? null : stream.literalString();
      attributes.push({ kind: 'password', password });
    } else {
      const [kind, value] = ATTRIBUTES[word];
      attributes.push({ kind, value });
    }
  }
}

/** alter_role = "ALTER" "ROLE" name (["WITH"] {attr} | "SET" assignment | "RESET" name) */
export function parseAlterRole(stream: TokenStream): Statement {
  const name = stream.identifier();
  if (stream.takeKeyword('SET')) {
    const { name: variable, value } = parseVariableAssignment(stream);
    return { kind: 'alter role', name, action: { kind: 'set', variable, value } };
  }
  if (stream.takeKeyword('RESET')) {
    return { kind: 'alter role', name, action: { kind: 'reset', variable: stream.identifier() } };
  }
  stream.takeKeyword('WITH');
  return { kind: 'alter role', name, action: { kind: 'attributes', attributes: parseAttributes(stream) } };
}
