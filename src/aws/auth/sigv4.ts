/** Verification of Signature Version 4. Source: AWS's documentation of SigV4; errors: reference aws-secrets-manager 1.5. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { frontEndError, type AwsError } from '../protocol/errors.ts';
import type { Credential, Credentials } from './credentials.ts';
import {
  headerOf,
  queryPairs,
  signatureParts,
  type Scope,
  type SignatureParts,
  type SignedRequest,
} from './signature-parts.ts';

const SKEW_MS = 5 * 60_000;
const TERMINATOR = 'aws4_request';
const MISMATCH =
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.';

function invalid(message: string): AwsError {
  return frontEndError('InvalidSignatureException', message);
}

/** Checks a request's signature for a service. Returns whose it is; throws the service's error. */
export function verifySignature(
  request: SignedRequest,
  credentials: Credentials,
  service: string,
  now: number,
): { readonly credential: Credential; readonly region: string } {
  const parts = signatureParts(request);
  checkScope(parts, service);
  checkTime(parts, now);
  const credential = credentials.get(parts.scope.accessKeyId);
  const tokenFits =
    credential !== undefined && sameText(credential.sessionToken ?? '', parts.sessionToken ?? '');
  if (credential === undefined || !tokenFits) {
    throw frontEndError(
      'UnrecognizedClientException',
      'The security token included in the request is invalid.',
    );
  }
  if (credential.expiresAt !== undefined && credential.expiresAt <= now) {
    throw frontEndError('ExpiredTokenException', 'The security token included in the request is expired');
  }
  checkSignature(request, parts, credential);
  return { credential, region: parts.scope.region };
}

function sameText(a: string, b: string): boolean {
  const [x, y] = [sha256(a), sha256(b)];
  return timingSafeEqual(x, y);
}

function sha256(data: string | Uint8Array): Buffer {
  return createHash('sha256').update(data).digest();
}

function checkScope({ scope, timestamp }: SignatureParts, service: string): void {
  const wrong: string[] = [];
  if (!/^([a-z]+-)+\d+$/.test(scope.region)) {
    wrong.push(`Credential should be scoped to a valid region, not '${scope.region}'.`);
  }
  if (scope.service !== service) {
    wrong.push(`Credential should be scoped to correct service: '${service}'.`);
  }
  if (scope.terminator !== TERMINATOR) {
    wrong.push(
      `Credential should be scoped with a valid terminator: '${TERMINATOR}', not '${scope.terminator}'.`,
    );
  }
  const day = timestamp.slice(0, 8);
  if (scope.date !== day) {
    wrong.push(
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${scope.date}' != '${day}', from '${timestamp}'.`,
    );
  }
  if (wrong.length > 0) throw invalid(wrong.join(' '));
}

/** `20260102T030405Z` */
function basicIso(time: number): string {
  return new Date(time).toISOString().replace(/[-:]|\.\d{3}/g, '');
}

function checkTime({ timestamp, expiresSeconds }: SignatureParts, now: number): void {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(timestamp);
  if (parts === null) {
    throw invalid(`Date must be in ISO-8601 'basic format'. Got '${timestamp}'.`);
  }
  const [, year, month, day, hour, minute, second] = parts.map(Number);
  const at = Date.UTC(year!, month! - 1, day, hour, minute, second);
  const age = expiresSeconds === undefined ? SKEW_MS : Math.min(expiresSeconds * 1000, 7 * 86_400_000);
  if (now - at > age) {
    throw invalid(
      `Signature expired: ${timestamp} is now earlier than ${basicIso(now - age)} (${basicIso(now)} - ${Math.round(age / 60_000)} min.)`,
    );
  }
  if (at - now > SKEW_MS) {
    throw invalid(
      `Signature not yet current: ${timestamp} is still later than ${basicIso(now + SKEW_MS)} (${basicIso(now)} + 5 min.)`,
    );
  }
}

function checkSignature(request: SignedRequest, parts: SignatureParts, credential: Credential): void {
  const payload = sha256(request.body).toString('hex');
  const declared = headerOf(request, 'x-amz-content-sha256');
  if (
    declared !== undefined &&
    parts.signedHeaders.includes('x-amz-content-sha256') &&
    declared !== payload
  ) {
    throw invalid(MISMATCH);
  }
  const canonical = canonicalRequest(request, parts, payload);
  if (canonical === undefined) throw invalid(MISMATCH);
  const scope = `${parts.scope.date}/${parts.scope.region}/${parts.scope.service}/${TERMINATOR}`;
  const toSign = ['AWS4-HMAC-SHA256', parts.timestamp, scope, sha256(canonical).toString('hex')].join('\n');
  const expected = createHmac('sha256', signingKey(credential, parts.scope)).update(toSign).digest('hex');
  if (!sameText(expected, parts.signature)) throw invalid(MISMATCH);
}

function signingKey({ secretAccessKey }: Credential, { date, region, service }: Scope): Buffer {
  const start = Buffer.concat([Buffer.from('AWS4'), secretAccessKey.open()]);
  return [date, region, service, TERMINATOR].reduce(
    (key, part) => createHmac('sha256', key).update(part).digest(),
    start,
  );
}

/** undefined when a signed header is missing, or the host is not signed. */
function canonicalRequest(
  request: SignedRequest,
  parts: SignatureParts,
  payload: string,
): string | undefined {
  if (!parts.signedHeaders.includes('host')) return undefined;
  const headers: string[] = [];
  for (const name of parts.signedHeaders) {
    const values = request.headers.get(name);
    if (values === undefined) return undefined;
    headers.push(`${name}:${values.map((value) => value.trim().replace(/ +/g, ' ')).join(',')}\n`);
  }
  return [
    request.method,
    canonicalPath(request.path),
    canonicalQuery(request.query),
    headers.join(''),
    parts.signedHeaders.join(';'),
    payload,
  ].join('\n');
}

/** Everything but unreserved characters, in percent signs. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Segments are encoded once more, as clients do for every service but S3. */
function canonicalPath(path: string): string {
  return path === '' ? '/' : path.split('/').map(encode).join('/');
}

function canonicalQuery(query: string): string {
  return queryPairs(query)
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : x > y ? 1 : 0))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}
