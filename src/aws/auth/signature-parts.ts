/** The parts of a signature as a request carries them, in a header or in the query. Source: reference 1.5. */
import { frontEndError, type AwsError } from '../protocol/errors.ts';

/** A request as its signature sees it. */
export interface SignedRequest {
  readonly method: string;
  /** Path as sent, without the query. */
  readonly path: string;
  /** Query as sent, without the question mark. */
  readonly query: string;
  /** Lower-case names; several values of one name in order. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: Uint8Array;
}

export interface Scope {
  readonly accessKeyId: string;
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly terminator: string;
}

export interface SignatureParts {
  readonly form: 'header' | 'query';
  readonly scope: Scope;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** `20260102T030405Z`, or what was sent instead. */
  readonly timestamp: string;
  readonly sessionToken: string | undefined;
  /** Seconds that a query signature is good for. */
  readonly expiresSeconds: number | undefined;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';

export function headerOf(request: SignedRequest, name: string): string | undefined {
  return request.headers.get(name)?.join(',');
}

/** Pairs of a query, decoded. */
export function queryPairs(query: string): readonly (readonly [string, string])[] {
  if (query === '') return [];
  return query.split('&').map((pair) => {
    const at = pair.indexOf('=');
    const [name, value] = at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
    return [decode(name), decode(value)] as const;
  });
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function scopeOf(credential: string): Scope {
  const parts = credential.split('/');
  // An access key id may hold slashes; the scope is what comes last.
  const [date = '', region = '', service = '', terminator = ''] = parts.slice(-4);
  return { accessKeyId: parts.slice(0, -4).join('/'), date, region, service, terminator };
}

/** Region that a request is for, as far as it says so; nothing is checked. */
export function claimedScope(request: SignedRequest): Scope | undefined {
  const credential =
    /Credential=([^,\s]+)/.exec(headerOf(request, 'authorization') ?? '')?.[1] ??
    queryPairs(request.query).find(([name]) => name === 'X-Amz-Credential')?.[1];
  return credential === undefined || credential.split('/').length < 5 ? undefined : scopeOf(credential);
}

/** Takes the signature apart. Throws the service's error for a missing or incomplete one. */
export function signatureParts(request: SignedRequest): SignatureParts {
  const authorization = headerOf(request, 'authorization');
  const query = new Map(queryPairs(request.query));
  const inQuery = query.has('X-Amz-Algorithm');
  if (authorization !== undefined && inQuery) {
    throw frontEndError(
      'InvalidSignatureException',
      "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.",
    );
  }
  if (authorization !== undefined) return headerParts(request, authorization);
  if ([...query.keys()].some((name) => name.startsWith('X-Amz-'))) return queryParts(query);
  throw frontEndError('MissingAuthenticationTokenException', 'Missing Authentication Token');
}

function incomplete(message: string): AwsError {
  return frontEndError('IncompleteSignatureException', message);
}

function headerParts(request: SignedRequest, authorization: string): SignatureParts {
  const timestamp = headerOf(request, 'x-amz-date') ?? headerOf(request, 'date');
  const given = authorization.startsWith(ALGORITHM) ? authorization.slice(ALGORITHM.length) : undefined;
  const fields = new Map(
    (given ?? '').split(',').map((part) => {
      const at = part.indexOf('=');
      return at < 0
        ? ([part.trim(), ''] as const)
        : ([part.slice(0, at).trim(), part.slice(at + 1).trim()] as const);
    }),
  );
  const missing = ['Credential', 'Signature', 'SignedHeaders']
    .filter((name) => (fields.get(name) ?? '') === '')
    .map((name) => `Authorization header requires '${name}' parameter.`);
  if (timestamp === undefined) {
    missing.push("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.");
  }
  if (missing.length > 0 || timestamp === undefined) {
    throw incomplete(`${missing.join(' ')} Authorization=${withoutSignature(authorization)}`);
  }
  return {
    form: 'header',
    scope: scopeOf(fields.get('Credential')!),
    signedHeaders: fields.get('SignedHeaders')!.split(';'),
    signature: fields.get('Signature')!,
    timestamp,
    sessionToken: headerOf(request, 'x-amz-security-token'),
    expiresSeconds: undefined,
  };
}

/** What is echoed of a header; never more than a line, never a signature. */
function withoutSignature(authorization: string): string {
  return authorization.replace(/(Signature=)[^,\s]*/g, '$1...').slice(0, 512);
}

function queryParts(query: ReadonlyMap<string, string>): SignatureParts {
  const missing = ['Algorithm', 'Credential', 'Signature', 'SignedHeaders', 'Date']
    .map((name) => `X-Amz-${name}`)
    .filter((name) => (query.get(name) ?? '') === '');
  if (missing.length > 0 || query.get('X-Amz-Algorithm') !== ALGORITHM) {
    const names = missing.length > 0 ? missing : ['X-Amz-Algorithm'];
    const sentences = names.map((name) => `AWS query-string parameters must include '${name}'.`);
    throw incomplete(`${sentences.join(' ')} Re-examine the query-string parameters.`);
  }
  const expires = query.get('X-Amz-Expires');
  return {
    form: 'query',
    scope: scopeOf(query.get('X-Amz-Credential')!),
    signedHeaders: query.get('X-Amz-SignedHeaders')!.split(';'),
    signature: query.get('X-Amz-Signature')!,
    timestamp: query.get('X-Amz-Date')!,
    sessionToken: query.get('X-Amz-Security-Token'),
    expiresSeconds: expires === undefined || !/^\d{1,7}$/.test(expires) ? undefined : Number(expires),
  };
}
