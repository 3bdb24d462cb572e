/** What programs of AWS clients are pointed at: a server, a bad way to it, and a server whose clock is ahead. */
import { LAMBDA, startFunction } from '../function.ts';
import { ACCESS_KEY, REGION, SECRET_KEY, startAws, type TestAws } from '../harness.ts';
import { startFaultyNetwork, type FaultyNetwork } from './faulty-network.ts';

export interface Setting {
  readonly server: TestAws;
  /** Environment of a client that is a program. */
  readonly environment: Readonly<Record<string, string>>;
  readonly network: FaultyNetwork;
  stop(): Promise<void>;
}

const HOUR = 3_600_000;

/** A session token that the key `AKIATEMPORARY` needs. */
export const SESSION_TOKEN = 'the-session-token';

function credentials(): unknown {
  const key = { secretAccessKey: SECRET_KEY, role: 'mz_system' };
  const expiration = new Date(Date.now() + 3 * HOUR).toISOString();
  return { [ACCESS_KEY]: key, AKIATEMPORARY: { ...key, sessionToken: SESSION_TOKEN, expiration } };
}

/** Starts the servers; every one of them checks signatures. */
export async function startSetting(): Promise<Setting> {
  const lambda = await startFunction();
  const functions = new Map([[LAMBDA, lambda.url]]);
  const server = await startAws({ credentials: credentials(), functions });
  const ahead = await startAws({ credentials: credentials(), offset: HOUR });
  const network = await startFaultyNetwork(server.port);
  lambda.connect(server.port);
  return {
    server,
    environment: {
      AWS_ACCESS_KEY_ID: ACCESS_KEY,
      AWS_SECRET_ACCESS_KEY: SECRET_KEY,
      AWS_REGION: REGION,
      AWS_DEFAULT_REGION: REGION,
      AWS_ENDPOINT_URL: server.endpoint,
      SKEWED_ENDPOINT: ahead.endpoint,
      FAULTY_ENDPOINT: network.endpoint,
      LAMBDA_ARN: LAMBDA,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_PAGER: '',
    },
    network,
    async stop() {
      await Promise.all([server.stop(), ahead.stop(), network.stop()]);
      await lambda.stop();
    },
  };
}
