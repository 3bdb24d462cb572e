/** Certificates for tests, made with the openssl command. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A certificate and its private key (PKCS#8), as PEM. */
export interface TestCertificate {
  readonly cert: string;
  readonly key: string;
}

/** A certificate authority. */
export interface TestAuthority {
  readonly cert: string;
  /** A certificate of this authority for a host name, an address or a user. */
  issue(name: string): TestCertificate;
}

/** A certificate for a host name, an address or a user, its own authority; null when openssl is not installed. */
export function makeCertificate(name: string): TestCertificate | null {
  return inFolder((folder) => request(folder, ['-x509', '-days', '2', '-addext', alternative(name)], name));
}

/** An authority of its own; null when openssl is not installed. */
export function makeAuthority(name: string): TestAuthority | null {
  const own = inFolder((folder) => request(folder, ['-x509', '-days', '2'], name));
  if (own === null) return null;
  return {
    cert: own.cert,
    issue: (subject) => {
      const issued = inFolder((folder) => sign(folder, own, subject));
      if (issued === null) throw new Error('openssl could not sign');
      return issued;
    },
  };
}

function alternative(name: string): string {
  return `subjectAltName=${isIP(name) === 0 ? 'DNS' : 'IP'}:${name}`;
}

function request(folder: string, options: readonly string[], name: string): TestCertificate {
  const [cert, key] = [join(folder, 'cert'), join(folder, 'key')];
  const base = ['req', '-newkey', 'rsa:2048', '-nodes', '-subj', `/CN=${name}`, '-keyout', key, '-out', cert];
  execFileSync('openssl', [...base, ...options], { stdio: 'ignore' });
  return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
}

function sign(folder: string, authority: TestCertificate, name: string): TestCertificate {
  const { cert: wish, key } = request(folder, [], name);
  const file = (part: string, text: string): string => {
    writeFileSync(join(folder, part), text);
    return join(folder, part);
  };
  const issuer = [
    '-CA',
    file('ca', authority.cert),
    '-CAkey',
    file('ca-key', authority.key),
    '-CAcreateserial',
  ];
  const extensions = file('extensions', `${alternative(name)}\nbasicConstraints=CA:FALSE\n`);
  const [input, out] = [file('wish', wish), join(folder, 'signed')];
  execFileSync(
    'openssl',
    ['x509', '-req', '-days', '2', '-in', input, ...issuer, '-extfile', extensions, '-out', out],
    { stdio: 'ignore' },
  );
  return { cert: readFileSync(out, 'utf8'), key };
}

function inFolder(make: (folder: string) => TestCertificate): TestCertificate | null {
  const folder = mkdtempSync(join(tmpdir(), 'tumbler-certificate-'));
  try {
    return make(folder);
  } catch {
    return null;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
