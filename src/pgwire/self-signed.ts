import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';
import {
  bitString,
  boolean,
  element,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  set,
  time,
  utf8String,
} from './der.ts';

/** A certificate and its key, both PEM. */
export interface KeyAndCertificate {
  readonly key: string;
  readonly cert: string;
}

const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2';
const COMMON_NAME = '2.5.4.3';
const SUBJECT_ALT_NAME = '2.5.29.17';
const BASIC_CONSTRAINTS = '2.5.29.19';
const EXT_KEY_USAGE = '2.5.29.37';
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const DAY_MS = 86_400_000;
/** Long enough for a development server; it is made anew at every start. */
const VALID_DAYS = 825;

/**
 * Makes a self-signed X.509 v3 certificate with a new P-256 key. `hosts` are the names and addresses it is for; the
 * first is its subject.
 */
export function makeSelfSigned(
  hosts: readonly string[] = ['localhost', '127.0.0.1', '::1'],
  now = new Date(),
): KeyAndCertificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(objectIdentifier(ECDSA_WITH_SHA256));
  const name = sequence(set(sequence(objectIdentifier(COMMON_NAME), utf8String(hosts[0] ?? 'localhost'))));
  const serial = randomBytes(16);
  serial[0] = (serial[0] as number) | 0x40;
  const toBeSigned = sequence(
    element(0xa0, integer(Buffer.from([2]))),
    integer(serial),
    algorithm,
    name,
    sequence(time(new Date(now.getTime() - DAY_MS)), time(new Date(now.getTime() + VALID_DAYS * DAY_MS))),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    element(0xa3, sequence(...extensions(hosts))),
  );
  const certificate = sequence(toBeSigned, algorithm, bitString(sign('sha256', toBeSigned, privateKey)));
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: pem(certificate),
  };
}

function extensions(hosts: readonly string[]): Buffer[] {
  return [
    extension(BASIC_CONSTRAINTS, sequence(boolean(true)), true),
    extension(EXT_KEY_USAGE, sequence(objectIdentifier(SERVER_AUTH))),
    extension(SUBJECT_ALT_NAME, sequence(...hosts.map(generalName))),
  ];
}

function extension(identifier: string, value: Buffer, critical = false): Buffer {
  const parts = [objectIdentifier(identifier), octetString(value)];
  if (critical) parts.splice(1, 0, boolean(true));
  return sequence(...parts);
}

/** RFC 5280 GeneralName: dNSName is [2], iPAddress [7]. */
function generalName(host: string): Buffer {
  if (isIPv4(host)) return element(0x87, Buffer.from(host.split('.').map(Number)));
  if (isIPv6(host)) return element(0x87, ipv6Bytes(host));
  return element(0x82, Buffer.from(host, 'ascii'));
}

function ipv6Bytes(address: string): Buffer {
  const [head = '', tail] = address.split('::');
  const words = (text: string): number[] =>
    text === '' ? [] : text.split(':').map((word) => parseInt(word, 16));
  const front = words(head);
  const back = tail === undefined ? [] : words(tail);
  const zeros = new Array<number>(8 - front.length - back.length).fill(0);
  const bytes = Buffer.alloc(16);
  [...front, ...zeros, ...back].forEach((word, i) => bytes.writeUInt16BE(word, i * 2));
  return bytes;
}

function pem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
