/** The JSON of a database secret. Source: AWS's documentation of the JSON structure of secrets. */
import { FunctionError } from '../functions.ts';

export interface DatabaseCredentials {
  readonly engine: string;
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  readonly dbname: string | undefined;
  /** true: TLS with a checked certificate; false: none; undefined: TLS where the server has it. */
  readonly ssl: boolean | undefined;
  /** Secret of a user who may make and change users; for alternating users. */
  readonly masterarn: string | undefined;
}

/** What is wrong with a secret; never shows a value. */
export class CredentialsError extends FunctionError {}

type Json = Readonly<Record<string, unknown>>;

/** The object in a SecretString, to be changed and stored again. */
export function parseObject(text: unknown): Json {
  try {
    const parsed: unknown = typeof text === 'string' ? JSON.parse(text) : undefined;
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as Json;
  } catch {
    // Said below, without the text.
  }
  throw new CredentialsError('the secret is not a JSON object');
}

/** Reads credentials. `defaults` are of the engine. Throws {@link CredentialsError}. */
export function databaseCredentials(
  json: Json,
  defaults: { readonly engines: readonly string[]; readonly port: number },
): DatabaseCredentials {
  const engine = typeof json['engine'] === 'string' ? json['engine'].toLowerCase() : defaults.engines[0]!;
  if (!defaults.engines.includes(engine)) {
    throw new CredentialsError(`the secret is for another engine than ${defaults.engines.join(' or ')}`);
  }
  const port = Number(json['port'] ?? defaults.port);
  if (!Number.isInteger(port) || port < 1 || port > 65535)
    throw new CredentialsError('the port is not valid');
  return {
    engine,
    host: textOf(json, 'host'),
    port,
    username: textOf(json, 'username'),
    password: textOf(json, 'password'),
    dbname: typeof json['dbname'] === 'string' ? json['dbname'] : undefined,
    ssl: tlsWish(json['ssl']),
    masterarn: typeof json['masterarn'] === 'string' ? json['masterarn'] : undefined,
  };
}

/** `ssl` as a boolean or as its name; anything else leaves it to what the server has. */
function tlsWish(value: unknown): boolean | undefined {
  const name = String(value).toLowerCase();
  return name === 'true' ? true : name === 'false' ? false : undefined;
}

function textOf(json: Json, name: string): string {
  const value = json[name];
  if (typeof value !== 'string' || value === '') throw new CredentialsError(`the secret has no ${name}`);
  return value;
}
