/** Rotation functions that are part of the server, by the name in their ARN. */
import type { AwsRoom } from '../../room.ts';
import type { RotationFunction } from '../functions.ts';
import { apiFor } from './api.ts';
import type { DatabaseEngine } from './engine.ts';
import { ROTATION_STEPS, type StepContext } from './steps.ts';

interface BuiltIn {
  readonly engine: () => Promise<DatabaseEngine>;
  readonly strategy: StepContext['strategy'];
}

/** Drivers are loaded when the first rotation needs them. */
const postgres = async (): Promise<DatabaseEngine> => (await import('./postgres.ts')).POSTGRES;
const mysql = async (): Promise<DatabaseEngine> => (await import('./mysql.ts')).MYSQL;

const BUILT_IN: ReadonlyMap<string, BuiltIn> = new Map([
  ['tumbler-postgres-single-user', { engine: postgres, strategy: 'single-user' }],
  ['tumbler-postgres-alternating-users', { engine: postgres, strategy: 'alternating-users' }],
  ['tumbler-mysql-single-user', { engine: mysql, strategy: 'single-user' }],
  ['tumbler-mysql-alternating-users', { engine: mysql, strategy: 'alternating-users' }],
]);

export function builtInFunctions(
  room: () => AwsRoom,
  upstreams: 'live' | 'simulated',
): (name: string, arn: string) => RotationFunction | undefined {
  return (name, arn) => {
    const builtIn = BUILT_IN.get(name);
    if (builtIn === undefined) return undefined;
    return {
      available: () => Promise.resolve(true),
      async invoke(event) {
        const engine = await builtIn.engine();
        const api = apiFor(room(), event.SecretId, arn);
        const context = { api, engine, strategy: builtIn.strategy, simulated: upstreams === 'simulated' };
        await ROTATION_STEPS[event.Step](context, event);
      },
    };
  };
}
