/** Upstreams that are really contacted. */
import { SqlError } from '../errors.ts';
import { validateAws } from './aws/identity.ts';
import { asFailure, healthError, UpstreamFailure, validationError } from './failure.ts';
import { checkKafkaSink, validateKafka } from './kafka/cluster.ts';
import { validateMysql } from './mysql.ts';
import { checkPostgresSource, readPublication, validatePostgres } from './postgres.ts';
import type { HealthTarget, ResolvedConnection, Upstreams } from './resolved.ts';
import { checkSinkRegistry, validateSchemaRegistry } from './schema-registry.ts';
import { SshTunnels } from './ssh-tunnels.ts';
import { DEFAULT_TIMEOUTS, type UpstreamLimits, type UpstreamTimeouts } from './timeouts.ts';
import type { Transport } from './transport.ts';

/**
 * Contacts the real systems, with time limits. `externalOnly` is asked anew each time: it may be switched while the
 * server runs. `close` ends all tunnels.
 */
export function liveUpstreams(
  timeouts: Partial<UpstreamTimeouts> = {},
  externalOnly: () => boolean = () => false,
): Upstreams {
  const limits: UpstreamLimits = {
    ...DEFAULT_TIMEOUTS,
    ...timeouts,
    get externalOnly() {
      return externalOnly();
    },
  };
  const transport: Transport = { tunnels: new SshTunnels(limits), timeouts: limits };
  return {
    mode: 'live',
    validate: async (connection, signal) => {
      try {
        await VALIDATORS[connection.type](transport, connection as never, signal);
      } catch (error) {
        throw asSqlError(error, connection);
      }
    },
    publicationTables: (connection, publication, signal) =>
      readPublication(transport, connection, publication, signal),
    check: async (target, signal) => {
      try {
        await CHECKS[target.kind](transport, target as never, signal);
      } catch (error) {
        const failure = error instanceof UpstreamFailure ? error : asFailure(error, 'internal', []);
        throw healthError(failure);
      }
    },
    close: () => {
      transport.tunnels.close();
      return Promise.resolve();
    },
  };
}

type Validators = {
  readonly [T in ResolvedConnection['type']]: (
    transport: Transport,
    connection: Extract<ResolvedConnection, { type: T }>,
    signal: AbortSignal,
  ) => Promise<void>;
};

const VALIDATORS: Validators = {
  postgres: validatePostgres,
  kafka: validateKafka,
  mysql: validateMysql,
  'confluent-schema-registry': validateSchemaRegistry,
  aws: validateAws,
  // As Materialize answers outside its cloud: there is nobody who makes VPC endpoints.
  'aws-privatelink': () =>
    Promise.reject(new UpstreamFailure('internal', 'AWS PrivateLink connections are unsupported')),
  'ssh-tunnel': (transport, connection, signal) => transport.tunnels.check(connection.tunnel, signal),
};

type Checks = {
  readonly [K in HealthTarget['kind']]: (
    transport: Transport,
    target: Extract<HealthTarget, { kind: K }>,
    signal: AbortSignal,
  ) => Promise<void>;
};

const CHECKS: Checks = {
  'postgres-source': (transport, target, signal) =>
    checkPostgresSource(transport, target.connection, target.publication, signal),
  'kafka-sink': async (transport, { connection, topic, registry }, signal) => {
    await checkKafkaSink(transport, connection, topic, signal);
    if (registry !== undefined) await checkSinkRegistry(transport, registry, signal);
  },
};

function asSqlError(error: unknown, connection: ResolvedConnection): SqlError {
  if (error instanceof SqlError) return error;
  if (error instanceof UpstreamFailure) return validationError(error, usesTunnel(connection));
  return new SqlError('XX000', 'internal error: connection validation failed');
}

/** True when a tunnel is a hop on the way and not the thing that is validated. */
function usesTunnel(connection: ResolvedConnection): boolean {
  if (connection.type === 'ssh-tunnel' || !('tunnel' in connection || 'brokers' in connection)) return false;
  const brokers = 'brokers' in connection ? connection.brokers : [];
  const tunnels = [connection.tunnel, ...brokers.map((broker) => broker.tunnel)];
  return tunnels.some((tunnel) => tunnel !== undefined);
}
