import {
  createPgServer,
  type ListenerOptions,
  type PgServer,
  type PgServerOptions,
} from '../../src/pgwire/server.ts';
import { fakeFactory, type FakeFactory, type FakeSession } from './fake-engine.ts';

/** The door over the fake engine, on one listener. */
export interface WireServer {
  readonly port: number;
  readonly factory: FakeFactory;
  readonly server: PgServer;
  /** The session that was opened last. */
  session(): FakeSession;
}

export async function startWireServer(
  listener: Partial<ListenerOptions> = {},
  options: Pick<PgServerOptions, 'limits'> = {},
): Promise<WireServer> {
  const factory = fakeFactory();
  const server = createPgServer({
    factory,
    listeners: [{ host: '127.0.0.1', port: 0, internal: false, authentication: 'none', ...listener }],
    ...options,
  });
  const { addresses } = await server.start();
  const session = (): FakeSession => {
    const last = factory.sessions.at(-1);
    if (last === undefined) throw new Error('no session');
    return last;
  };
  return { port: addresses[0]?.port ?? 0, factory, server, session };
}

/** Waits until a condition holds; fails after `ms`. */
export async function eventually(condition: () => boolean, ms = 5000): Promise<void> {
  const deadline = Date.now() + ms;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('the condition never held');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
