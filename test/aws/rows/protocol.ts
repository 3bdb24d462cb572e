import { expect } from 'vitest';
import { raw, type RawAnswer, type SignOptions } from '../harness.ts';
import type { Row, RowContext } from './row.ts';

function list(t: RowContext, sign: SignOptions | false | undefined, more = {}): Promise<RawAnswer> {
  const base = { target: 'secretsmanager.ListSecrets', ...more };
  return raw(t.server.port, sign === undefined ? base : { ...base, sign });
}

const MISMATCH =
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.';

function signatureRow(
  id: string,
  title: string,
  sign: SignOptions | false,
  code: string,
  message: string | RegExp,
): Row {
  return {
    id,
    title,
    run: async (t) => {
      const answer = await list(t, sign);
      expect(answer.status).toBe(400);
      expect(answer.json).toEqual({ __type: code, message: expect.stringMatching(message) });
    },
  };
}

/** Rows of a server that checks signatures. */
export const PROTOCOL_ROWS: readonly Row[] = [
  {
    id: 'B236',
    title: 'unknown operation',
    run: async (t) => {
      const answer = await raw(t.server.port, { target: 'secretsmanager.Nope' });
      expect([answer.status, answer.json]).toEqual([400, { __type: 'UnknownOperationException' }]);
    },
  },
  {
    id: 'B237',
    title: 'half a body',
    run: async (t) => {
      const answer = await list(t, undefined, { body: '{' });
      expect([answer.status, answer.json]).toEqual([400, { __type: 'SerializationException' }]);
    },
  },
  signatureRow(
    'B238',
    'wrong secret key',
    { secretKey: 'other' },
    'InvalidSignatureException',
    `^${MISMATCH}$`,
  ),
  signatureRow(
    'B239',
    'unknown access key',
    { accessKey: 'AKIANOBODY' },
    'UnrecognizedClientException',
    /^The security token included in the request is invalid\.$/,
  ),
  {
    id: 'B240',
    title: 'clock ten minutes slow',
    run: async (t) => {
      const answer = await list(t, { date: new Date(t.server.now() - 600_000) });
      expect([answer.status, answer.json['__type']]).toEqual([400, 'InvalidSignatureException']);
      expect(answer.json['message']).toMatch(
        /^Signature expired: \d{8}T\d{6}Z is now earlier than \d{8}T\d{6}Z \(\d{8}T\d{6}Z - 5 min\.\)$/,
      );
    },
  },
  signatureRow(
    'B241',
    'no signature',
    false,
    'MissingAuthenticationTokenException',
    /^Missing Authentication Token$/,
  ),
  signatureRow(
    'B242',
    'scope of another service',
    { service: 'ssm' },
    'InvalidSignatureException',
    /^Credential should be scoped to correct service: 'secretsmanager'\.$/,
  ),
  {
    id: 'B243',
    title: 'request id',
    run: async (t) => {
      for (const answer of [await list(t, undefined), await list(t, false)]) {
        expect(answer.headers['x-amzn-requestid']).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      }
    },
  },
  {
    id: 'B244',
    title: 'any path',
    run: async (t) => expect((await list(t, undefined, { path: '/anything' })).status).toBe(200),
  },
];
