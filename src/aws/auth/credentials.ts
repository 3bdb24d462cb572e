/** Access keys of the operator's file. Secret keys stay in their wrapper. */
import { readFileSync } from 'node:fs';
import { SecretBytes } from '../../secrets/secret-bytes.ts';

export interface Credential {
  readonly accessKeyId: string;
  readonly secretAccessKey: SecretBytes;
  /** Role of the catalog that the key stands for. */
  readonly role: string;
  /** The account that the key is of, where that is not the server's: what it may do is for resource policies to say. */
  readonly accountId?: string;
  /** For temporary keys: the token that must come with the signature. */
  readonly sessionToken?: string;
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt?: number;
}

export type Credentials = ReadonlyMap<string, Credential>;

/**
 * Reads `{ "<access key id>": { "secretAccessKey", "role", "accountId"?, "sessionToken"?, "expiration"? } }`. Throws an Error that
 * names the file and the key id, never a key.
 */
export function readCredentials(path: string | null): Credentials {
  if (path === null) throw new Error('--aws-auth sigv4 needs --aws-credentials-file');
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const why = error instanceof SyntaxError ? 'it is not JSON' : (error as Error).message;
    throw new Error(`--aws-credentials-file: cannot read ${path}: ${why}`);
  }
  return parseCredentials(parsed, path);
}

/** The same from a parsed object. `source` names it in errors. */
export function parseCredentials(parsed: unknown, source: string): Credentials {
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new Error(
      `--aws-credentials-file: ${source} must hold a JSON object from access key id to credentials`,
    );
  }
  return new Map(Object.entries(parsed).map(([id, entry]) => [id, parseEntry(source, id, entry as unknown)]));
}

function parseEntry(source: string, accessKeyId: string, entry: unknown): Credential {
  const fields = (typeof entry === 'object' && entry !== null ? entry : {}) as Readonly<
    Record<string, unknown>
  >;
  const { secretAccessKey, role, accountId, sessionToken, expiration } = fields;
  if (typeof secretAccessKey !== 'string' || typeof role !== 'string' || role === '') {
    throw new Error(`--aws-credentials-file: ${source}: ${accessKeyId} needs "secretAccessKey" and "role"`);
  }
  const expiresAt = typeof expiration === 'string' ? Date.parse(expiration) : undefined;
  if (Number.isNaN(expiresAt) || (sessionToken !== undefined && typeof sessionToken !== 'string')) {
    throw new Error(
      `--aws-credentials-file: ${source}: ${accessKeyId} has a "sessionToken" or "expiration" that cannot be read`,
    );
  }
  if (accountId !== undefined && (typeof accountId !== 'string' || !/^\d{12}$/.test(accountId))) {
    throw new Error(
      `--aws-credentials-file: ${source}: ${accessKeyId} has an "accountId" that is not 12 digits`,
    );
  }
  return {
    accessKeyId,
    secretAccessKey: SecretBytes.fromText(secretAccessKey),
    role,
    ...(accountId === undefined ? {} : { accountId }),
    ...(sessionToken === undefined ? {} : { sessionToken }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
}
