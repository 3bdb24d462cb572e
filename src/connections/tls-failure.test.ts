import { expect, it } from 'vitest';
import { tlsFailure } from './tls-failure.ts';

const error = (message: string, fields: object): Error => Object.assign(new Error(message), fields);
const OPENSSL =
  '806C03F4457F0000:error:0A000412:SSL routines:ssl3_read_bytes:sslv3 alert bad certificate:../deps/openssl/x.c:1601:SSL alert number 42\n';

it.each<[unknown, string | undefined]>([
  [
    error('unable to verify the first certificate', { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' }),
    'certificate verify failed: unable to verify the first certificate',
  ],
  [
    error('no', { code: 'ERR_TLS_CERT_ALTNAME_INVALID', reason: 'Host: a. is not in' }),
    'certificate verify failed: no',
  ],
  [
    error(OPENSSL, { code: 'ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE', reason: 'sslv3 alert bad certificate' }),
    'sslv3 alert bad certificate',
  ],
  [error(`write EPROTO ${OPENSSL}`, { code: 'EPROTO' }), 'sslv3 alert bad certificate'],
  [
    error('error:0480006C:PEM routines::no start line', { code: 'ERR_OSSL_PEM_NO_START_LINE' }),
    'no start line',
  ],
  [error('Client network socket disconnected', { code: 'ECONNRESET' }), undefined],
  [new Error('other'), undefined],
  [undefined, undefined],
])('tells why: %s', (given, expected) => {
  expect(tlsFailure(given)).toBe(expected);
});
