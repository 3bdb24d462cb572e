/** A network in front of the server that loses an answer, then a quota that is used up, then all is well. */
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** `lost`: the server does what it is asked, and nobody hears. `throttled`: it is not asked at all. */
export type Fault = 'lost' | 'throttled';

export interface FaultyNetwork {
  readonly endpoint: string;
  /** What becomes of the next requests; the ones after them go through. */
  next(...faults: readonly Fault[]): void;
  stop(): Promise<void>;
}

const THROTTLED = JSON.stringify({ __type: 'ThrottlingException', message: 'Rate exceeded' });

/** Starts it in front of a server of this machine. Requests keep their headers: signatures stay right. */
export async function startFaultyNetwork(port: number): Promise<FaultyNetwork> {
  const faults: Fault[] = [];

  function handle(incoming: IncomingMessage, answer: ServerResponse): void {
    const fault = faults.shift();
    if (fault === 'throttled') {
      incoming.resume();
      answer.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' }).end(THROTTLED);
      return;
    }
    const { method, url, headers } = incoming;
    const onward = request({ host: '127.0.0.1', port, method, path: url, headers }, (response) => {
      if (fault === 'lost') {
        response.resume().once('end', () => incoming.socket.destroy());
        return;
      }
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    onward.once('error', () => incoming.socket.destroy());
    incoming.pipe(onward);
  }

  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    next(...wanted) {
      faults.splice(0, faults.length, ...wanted);
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
