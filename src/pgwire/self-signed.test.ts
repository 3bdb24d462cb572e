import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { makeSelfSigned } from './self-signed.ts';

describe('makeSelfSigned', () => {
  it('makes a certificate that the platform accepts', () => {
    const { cert, key } = makeSelfSigned(
      ['localhost', '127.0.0.1', 'fe80::1:2'],
      new Date('2026-01-02T03:04:05Z'),
    );
    const certificate = new X509Certificate(cert);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.subject).toBe('CN=localhost');
    expect(certificate.checkHost('localhost')).toBe('localhost');
    expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(certificate.checkIP('fe80::1:2')).toBe('fe80::1:2');
    expect(new Date(certificate.validFrom).toISOString()).toBe('2026-01-01T03:04:05.000Z');
    expect(new Date(certificate.validTo).toISOString()).toBe('2028-04-06T03:04:05.000Z');
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
    expect(key).toContain('BEGIN PRIVATE KEY');
  });

  it('writes dates past 2049 as GeneralizedTime', () => {
    const { cert } = makeSelfSigned(['localhost'], new Date('2049-06-01T00:00:00Z'));
    expect(new Date(new X509Certificate(cert).validTo).getUTCFullYear()).toBe(2051);
  });
});
