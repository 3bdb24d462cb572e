/** How a server opens the AWS door by its settings; the routes themselves are in `routes`. */
import type { Config } from '../config.ts';
import type { Services } from '../engine/services.ts';
import { readCredentials } from './auth/credentials.ts';
import { openAwsRoom, type OpenAwsRoom } from './create-room.ts';
import type { AwsAuthentication } from './dispatch.ts';
import { readFunctions } from './rotation/functions.ts';

/** The room by the settings. Needed with the door closed as well: SQL reads values that KMS keys seal. */
export function openConfiguredRoom(config: Config, services: Services): Promise<OpenAwsRoom> {
  const functions = readFunctions(config.awsFunctions);
  return openAwsRoom({ services, functions, upstreams: config.upstreams });
}

/** How requests are authenticated by the settings. Throws when signatures are to be checked and there are no keys. */
export function configuredAuthentication(config: Config): AwsAuthentication {
  if (config.awsAuth === 'none') return { mode: 'none' };
  const credentials = readCredentials(config.awsCredentialsFile);
  if (credentials.size === 0) {
    throw new Error('--aws-auth sigv4 needs --aws-credentials-file with at least one access key');
  }
  return { mode: 'sigv4', credentials };
}
