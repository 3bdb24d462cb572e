/** The HTTP listener; what is served on it is in `http-application.ts`. */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Config, ListenAddress } from './config.ts';
import type { Parts } from './http-application.ts';

export interface HttpDoors {
  readonly port: number;
  close(): Promise<void>;
}

/** Headers past this are refused with 431 before they are read. */
const MAX_HEADER_BYTES = 64 * 1024;
/** A client that does not finish its request in this time is let go. */
const REQUEST_TIMEOUT_MS = 60_000;

/** Connections past this are closed: the doors share the process's file descriptors with the store. */
const MAX_CONNECTIONS = 2000;

/** An idle connection stays open longer than clients keep theirs, a minute at most: none writes into one that closes. */
const KEEP_ALIVE_MS = 72_000;

/**
 * Listens at once, and loads the HTTP framework with the first request: a server that nobody asks over HTTP starts sooner
 * and stays smaller.
 */
export async function openHttpDoors(config: Config, parts: Parts): Promise<HttpDoors> {
  const server = createServer({
    maxHeaderSize: MAX_HEADER_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
  });
  server.maxConnections = MAX_CONNECTIONS;
  let application: Promise<RequestListener> | undefined;
  server.on('request', (request, response) => {
    application ??= import('./http-application.ts').then((module) =>
      module.openApplication(config, parts, server),
    );
    application.then(
      (handle) => handle(request, response),
      (error: unknown) => {
        parts.services.logger.error({ err: error }, 'the HTTP doors could not be opened');
        response.writeHead(500).end();
      },
    );
  });
  await listen(server, config.httpListen!);
  return { port: (server.address() as AddressInfo).port, close: () => close(server) };
}

function listen(server: Server, { host, port }: ListenAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** Requests under way are cut off: by now the PostgreSQL door has waited for its statements. */
function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
