import { SqlError } from '../errors.ts';
import type { EngineSession, SessionFactory } from '../engine/outcome.ts';
import { encodeBackend, writeAuthentication } from '../pgproto/backend-encode.ts';
import { AUTHENTICATION } from '../pgproto/backend-messages.ts';
import type { StartupPacket } from '../pgproto/frontend-messages.ts';
import { checkAdmission, type Admission } from './admission.ts';
import { authenticate, type AuthenticationKind } from './authentication.ts';
import type { LoginChannel } from './channel.ts';
import type { PgMetrics } from './metrics.ts';
import { writeNotice, writeParameterStatus } from './responses.ts';

/** What the login has to know of the listener that took the connection. */
export interface LoginRules {
  readonly internal: boolean;
  readonly admission: Admission;
  readonly authentication: AuthenticationKind;
  readonly tls: 'off' | 'offered' | 'required';
  /** Why nobody may log in now; told after the start-up packet, where every client expects an error. */
  readonly refusal: SqlError | null;
}

type StartupMessage = Extract<StartupPacket, { kind: 'startup' }>;

const PROTOCOL_3_0 = 0x0003_0000;
/** Requests for encryption before the real start-up packet; more than one of each makes no sense. */
const MAX_REQUESTS = 4;

/**
 * From the first packet to ReadyForQuery. Answers the session, or null when the client left, asked for a cancel, or was
 * served otherwise. Throws FATAL errors.
 */
export async function login(
  channel: LoginChannel,
  rules: LoginRules,
  factory: SessionFactory,
  metrics: PgMetrics,
): Promise<EngineSession | null> {
  const startup = await negotiate(channel, rules, factory, metrics);
  if (startup === null) return null;
  if (rules.refusal !== null) throw rules.refusal;
  const settings = negotiateVersion(channel, startup);
  const user = startup.parameters.get('user') ?? '';
  if (user === '') throw fatal('28000', 'no PostgreSQL user name specified in startup packet');
  checkAdmission(rules.admission, user);
  if (rules.tls === 'required' && !channel.encrypted) throw fatal('08004', 'TLS encryption is required');
  const known = await authenticate(rules.authentication, channel, user, (name) => factory.passwordHash(name));
  if (!known) return null;
  const engine = await factory.open(
    { user, clientIp: channel.remoteAddress, internal: rules.internal },
    settings,
  );
  welcome(channel, engine);
  return engine;
}

/** Answers requests for encryption and cancels until the start-up packet proper comes. */
async function negotiate(
  channel: LoginChannel,
  rules: LoginRules,
  factory: SessionFactory,
  metrics: PgMetrics,
): Promise<StartupMessage | null> {
  for (let requests = 0; requests <= MAX_REQUESTS; requests++) {
    const packet = await channel.readStartup();
    if (packet === null) return null;
    switch (packet.kind) {
      case 'startup':
        return packet;
      case 'cancelRequest':
        metrics.cancelRequests++;
        factory.cancel(packet.processId, packet.secretKey);
        return null;
      case 'gssEncRequest':
        answerByte(channel, 'N');
        break;
      case 'sslRequest':
        if (rules.tls === 'off' || channel.encrypted) {
          answerByte(channel, 'N');
        } else {
          answerByte(channel, 'S');
          channel.startTls();
        }
        break;
    }
  }
  throw fatal('08P01', 'too many encryption requests');
}

function answerByte(channel: LoginChannel, answer: 'S' | 'N'): void {
  channel.writer.byte(answer.charCodeAt(0));
  channel.flush();
}

/**
 * Refuses other major versions. A later minor version, or a `_pq_.` option (there are none yet), is negotiated down as
 * PostgreSQL does. Answers the parameters without such options.
 */
function negotiateVersion(channel: LoginChannel, startup: StartupMessage): ReadonlyMap<string, string> {
  if (startup.major !== 3) {
    throw fatal('08004', "server does not support the client's requested protocol version");
  }
  const unknownOptions = [...startup.parameters.keys()].filter((name) => name.startsWith('_pq_.'));
  if (startup.minor > 0 || unknownOptions.length > 0) {
    encodeBackend(channel.writer, {
      kind: 'negotiateProtocolVersion',
      version: PROTOCOL_3_0,
      unknownOptions,
    });
  }
  return new Map([...startup.parameters].filter(([name]) => !name.startsWith('_pq_.')));
}

function welcome(channel: LoginChannel, engine: EngineSession): void {
  const { writer } = channel;
  writeAuthentication(writer, AUTHENTICATION.ok);
  for (const { name, value } of engine.takeParameterChanges()) writeParameterStatus(writer, name, value);
  encodeBackend(writer, {
    kind: 'backendKeyData',
    processId: engine.connectionId,
    secretKey: engine.secretKey,
  });
  for (const notice of engine.takeNotices()) writeNotice(writer, notice);
  encodeBackend(writer, { kind: 'readyForQuery', status: 'I' });
  channel.flush();
}

function fatal(code: string, text: string): SqlError {
  return new SqlError(code, text, { severity: 'FATAL' });
}
