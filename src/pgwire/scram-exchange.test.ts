import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { SqlError } from '../errors.ts';
import type { ScramVerifier } from '../secrets/scram.ts';
import { ScramExchange, readClientFirst } from './scram-exchange.ts';

/** The exchange printed in RFC 7677 section 3. */
const SALT = Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64');
const SERVER_NONCE = '%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0';
const CLIENT_FIRST = 'n,,n=user,r=rOprNGfwEbeRWgbNEkqO';
const CLIENT_FINAL =
  'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=';

function pencil(): ScramVerifier {
  const salted = pbkdf2Sync('pencil', SALT, 4096, 32, 'sha256');
  const key = (label: string): Buffer => createHmac('sha256', salted).update(label).digest();
  const storedKey = createHash('sha256').update(key('Client Key')).digest();
  return { iterations: 4096, salt: SALT, storedKey, serverKey: key('Server Key') };
}

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return error instanceof SqlError ? `${error.code} ${error.message}` : String(error);
  }
  return 'no error';
}

describe('ScramExchange', () => {
  it('plays the exchange of RFC 7677', () => {
    const exchange = new ScramExchange(readClientFirst(CLIENT_FIRST), pencil(), SERVER_NONCE);
    expect(exchange.challenge).toBe(
      'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096',
    );
    expect(exchange.finish(CLIENT_FINAL)).toBe('v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=');
  });

  it('answers null to a wrong proof', () => {
    const exchange = new ScramExchange(readClientFirst(CLIENT_FIRST), pencil(), SERVER_NONCE);
    expect(exchange.finish(CLIENT_FINAL.replace('p=dHzb', 'p=eHzb'))).toBeNull();
    expect(exchange.finish(CLIENT_FINAL.replace(/p=.*/, 'p=AAAA'))).toBeNull();
  });

  it('refuses another nonce, binding or an absurd proof', () => {
    const exchange = new ScramExchange(readClientFirst(CLIENT_FIRST), pencil(), SERVER_NONCE);
    expect(codeOf(() => exchange.finish(CLIENT_FINAL.replace('r=rO', 'r=xO')))).toMatch(/^08P01/);
    expect(codeOf(() => exchange.finish(CLIENT_FINAL.replace('c=biws', 'c=eSws')))).toMatch(/^08P01/);
    expect(codeOf(() => exchange.finish(`c=biws,r=x,p=${'A'.repeat(1025)}`))).toBe('28000 proof too long');
  });
});

describe('readClientFirst', () => {
  it.each([
    ['p=tls-server-end-point,,n=,r=abc', '08P01 channel binding not supported'],
    ['n,a=other,n=,r=abc', '0A000 client uses authorization identity, but it is not supported'],
    ['n,,m=x,n=,r=abc', '0A000 client uses a mandatory SCRAM extension, but it is not supported'],
    [`n,,n=,r=${'x'.repeat(257)}`, '28000 nonce too long'],
    ['', '08P01 malformed SCRAM message'],
    ['n,,r=abc', '08P01 malformed SCRAM message'],
    ['n,,n=,r=', '08P01 malformed SCRAM message'],
  ])('refuses %j', (text, expected) => {
    expect(codeOf(() => readClientFirst(text))).toBe(expected);
  });

  it('keeps the header for the final message', () => {
    expect(readClientFirst('y,,n=u,r=abc,x=1')).toEqual({
      header: 'y,,',
      bare: 'n=u,r=abc,x=1',
      nonce: 'abc',
    });
  });
});
