import { createHash, createHmac, type BinaryLike } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import { expect, it } from 'vitest';
import { signedHeaders } from './signature.ts';

/** A hash as Smithy's signer wants it. */
class Sha256 {
  readonly #hash;
  constructor(secret?: BinaryLike) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret);
  }
  update(chunk: BinaryLike): void {
    this.#hash.update(chunk);
  }
  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }
  reset(): void {}
}

const request = {
  host: 'sts.eu-west-1.amazonaws.com',
  region: 'eu-west-1',
  service: 'sts',
  body: 'Action=GetCallerIdentity&Version=2011-06-15',
  contentType: 'application/x-www-form-urlencoded; charset=utf-8',
  now: new Date('2026-03-04T05:06:07.890Z'),
};

it.each([undefined, 'a session token/+='])(
  'signs as the SDK does (session token %s)',
  async (sessionToken) => {
    const keys = {
      accessKeyId: 'AKIDEXAMPLE',
      secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCY',
      sessionToken,
    };
    const signer = new SignatureV4({
      credentials: { ...keys, ...(sessionToken === undefined ? {} : { sessionToken }) } as never,
      region: request.region,
      service: request.service,
      sha256: Sha256 as never,
      applyChecksum: false,
    });
    const theirs = await signer.sign(
      {
        method: 'POST',
        protocol: 'https:',
        hostname: request.host,
        path: '/',
        query: {},
        headers: { host: request.host, 'content-type': request.contentType },
        body: request.body,
      },
      { signingDate: request.now },
    );
    expect(signedHeaders(request, keys)).toEqual(theirs.headers);
  },
);
