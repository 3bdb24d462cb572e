/** What is served over HTTP: the AWS door, health checks, metrics. */
import fastify from 'fastify';
import type { RequestListener, Server } from 'node:http';
import type { AwsAuthentication } from './aws/dispatch.ts';
import type { AwsRoom } from './aws/room.ts';
import { registerAwsDoor } from './aws/routes.ts';
import { registerHealth, type Metric } from './console/health.ts';
import type { Config } from './config.ts';
import type { Services } from './engine/services.ts';
import type { PgServer } from './pgwire/server.ts';

/** What the doors are opened with. */
export interface Parts {
  readonly services: Services;
  readonly pg: PgServer;
  readonly aws: AwsRoom;
  readonly awsAuthentication: AwsAuthentication;
}

/** Builds the application around a server that listens already; answers what handles its requests. */
export async function openApplication(
  config: Config,
  parts: Parts,
  server: Server,
): Promise<RequestListener> {
  let handle: RequestListener | undefined;
  const application = fastify({
    logger: false,
    serverFactory: (handler) => {
      handle = handler;
      return server;
    },
  });
  registerHealth(application, {
    unready: () => (parts.services.committer.healthy ? [] : ['the store failed; writes are refused']),
    metrics: () => metricsOf(parts),
  });
  if (config.awsDoor) registerAwsDoor(application, parts.aws, parts.awsAuthentication);
  await application.ready();
  return handle!;
}

function metricsOf({ services, pg }: Parts): readonly Metric[] {
  const snapshot = services.committer.current();
  const gauge = (name: string, help: string, value: number): Metric => ({ name, type: 'gauge', help, value });
  const counter = (name: string, help: string, value: number): Metric => ({
    name,
    type: 'counter',
    help,
    value,
  });
  const { metrics } = pg;
  return [
    gauge('tumbler_pgwire_connections_open', 'Sockets open on the PostgreSQL door.', metrics.connectionsOpen),
    counter('tumbler_pgwire_connections_total', 'Sockets accepted.', metrics.connectionsTotal),
    counter('tumbler_pgwire_connections_refused_total', 'Sockets turned away.', metrics.connectionsRefused),
    counter('tumbler_pgwire_logins_total', 'Logins that ended in a session.', metrics.logins),
    counter('tumbler_pgwire_login_failures_total', 'Logins refused.', metrics.loginFailures),
    counter('tumbler_pgwire_messages_total', 'Frontend messages handled.', metrics.messages),
    counter('tumbler_pgwire_received_bytes_total', 'Bytes of messages received.', metrics.bytesIn),
    counter('tumbler_pgwire_sent_bytes_total', 'Bytes of messages sent.', metrics.bytesOut),
    counter('tumbler_pgwire_errors_total', 'Errors sent.', metrics.errors),
    counter('tumbler_pgwire_cancel_requests_total', 'Cancel requests received.', metrics.cancelRequests),
    gauge('tumbler_catalog_version', 'Commits so far.', snapshot.version),
    gauge('tumbler_secrets', 'Secrets in the catalog.', snapshot.itemCounts.get('secret') ?? 0),
    gauge('tumbler_pins', 'Secret versions cached by sources and sinks on replicas.', snapshot.pins.size),
    gauge('tumbler_stale_pins', 'Cached versions that are not current.', stalePins(snapshot)),
    gauge('process_resident_memory_bytes', 'Resident memory.', process.memoryUsage.rss()),
  ];
}

function stalePins(snapshot: ReturnType<Services['committer']['current']>): number {
  return snapshot.pins.count((pin) => snapshot.currentVersion.get(pin.secretId) !== pin.versionId);
}
