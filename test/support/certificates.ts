/** Self-signed certificates for tests, made with the openssl command. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { isIP } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A certificate for a host name, an address or a user, its own authority; null when openssl is not installed. */
export function makeCertificate(name: string): { readonly cert: string; readonly key: string } | null {
  const folder = mkdtempSync(join(tmpdir(), 'tumbler-certificate-'));
  const file = (part: string): string => join(folder, part);
  const alternative = `subjectAltName=${isIP(name) === 0 ? 'DNS' : 'IP'}:${name}`;
  const options = [
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '2',
    '-subj',
    `/CN=${name}`,
    '-addext',
    alternative,
  ];
  try {
    execFileSync('openssl', ['req', '-x509', ...options, '-keyout', file('key'), '-out', file('cert')], {
      stdio: 'ignore',
    });
    return { cert: readFileSync(file('cert'), 'utf8'), key: readFileSync(file('key'), 'utf8') };
  } catch {
    return null;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
