import { describe, expect, it } from 'vitest';
import { hashPassword, parseScramHash, proofMatches, serverSignature } from '../../secrets/scram.ts';
import { SecretBytes } from '../../secrets/secret-bytes.ts';
import { array, bytes, int16, Reader, string } from './reader.ts';
import { logIn, type Requests } from './sasl.ts';
import { REQUESTS } from './wire.ts';

const PASSWORD = 'pässword, with = and ,';
const settings = (over: Partial<Parameters<typeof logIn>[1]> = {}): Parameters<typeof logIn>[1] => ({
  mechanism: 'SCRAM-SHA-256',
  username: 'us=er,name',
  password: SecretBytes.fromText(PASSWORD),
  ...over,
});

const accepted = (text: string): Buffer =>
  Buffer.concat([int16(0), int16(-1), bytes(Buffer.from(text, 'utf8'))]);
const refused = (text: string): Buffer => Buffer.concat([int16(58), string(text), bytes(Buffer.alloc(0))]);

/** A broker that takes every mechanism and answers each token with what the script says. */
function broker(...answers: ((token: string) => Buffer)[]): Requests {
  let step = 0;
  return {
    request: ({ key }, body) => {
      const answer =
        key === REQUESTS.saslHandshake.key
          ? Buffer.concat([int16(0), array([string('PLAIN')])])
          : answers[step++]?.(new Reader(body).bytes().toString('utf8'));
      return answer === undefined
        ? Promise.reject(new Error('too many'))
        : Promise.resolve(new Reader(answer));
    },
  };
}

/** The server's side of SCRAM-SHA-256, made of the functions that check logins of this server's own users. */
async function scramBroker(lie: { readonly verifier?: string } = {}): Promise<Requests> {
  const verifier = parseScramHash(await hashPassword(PASSWORD, 4096));
  if (verifier === null) throw new Error('no hash');
  let exchange = '';
  return broker(
    (token) => {
      const first = token.slice('n,,'.length);
      expect(first).toMatch(/^n=us=3Der=2Cname,r=/);
      const nonce = `${first.slice(first.indexOf('r=') + 2)}server`;
      const challenge = `r=${nonce},s=${verifier.salt.toString('base64')},i=4096`;
      exchange = `${first},${challenge}`;
      return accepted(challenge);
    },
    (token) => {
      const [bare = '', proof = ''] = token.split(',p=');
      exchange += `,${bare}`;
      if (!proofMatches(verifier, exchange, Buffer.from(proof, 'base64')))
        return refused('Authentication failed');
      return accepted(`v=${lie.verifier ?? serverSignature(verifier, exchange).toString('base64')}`);
    },
  );
}

describe('SCRAM', () => {
  it('logs in, and believes only a broker that knows the password too', async () => {
    await logIn(await scramBroker(), settings());
    await expect(
      logIn(await scramBroker(), settings({ password: SecretBytes.fromText('another') })),
    ).rejects.toThrow('SASL authentication error: Authentication failed');
    for (const verifier of ['', Buffer.alloc(32).toString('base64')]) {
      await expect(logIn(await scramBroker({ verifier }), settings())).rejects.toThrow(
        'SASL authentication error: the broker does not know the password',
      );
    }
  });

  const salt = Buffer.from('salt').toString('base64');
  it.each<[string, (nonce: string) => string, string]>([
    ['a nonce of its own', () => `r=other,s=${salt},i=4096`, 'not a SCRAM challenge'],
    ['our nonce alone', (nonce) => `r=${nonce},s=${salt},i=4096`, 'not a SCRAM challenge'],
    ['no salt', (nonce) => `r=${nonce}x,i=4096`, 'not a SCRAM challenge'],
    ['no number', (nonce) => `r=${nonce}x,s=${salt},i=many`, 'not a SCRAM challenge'],
    ['too little work', (nonce) => `r=${nonce}x,s=${salt},i=1`, 'asks for 1 SCRAM iterations'],
    [
      'too much work',
      (nonce) => `r=${nonce}x,s=${salt},i=2000000000`,
      'asks for 2000000000 SCRAM iterations',
    ],
    ['nothing', () => '', 'not a SCRAM challenge'],
  ])('refuses a challenge with %s', async (_what, challenge, message) => {
    const asks = broker((token) => accepted(challenge(/r=(.*)$/.exec(token)?.[1] ?? '')));
    await expect(logIn(asks, settings({ mechanism: 'scram-sha-512' }))).rejects.toThrow(message);
  });
});

describe('PLAIN', () => {
  it('sends the login as it is', async () => {
    const seen: string[] = [];
    const takes = broker((token) => {
      seen.push(token);
      return accepted('');
    });
    await logIn(takes, settings({ mechanism: 'plain' }));
    expect(seen).toEqual([`\0us=er,name\0${PASSWORD}`]);
  });
});
