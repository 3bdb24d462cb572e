/** The HTTP side of the AWS door: POST with a target header, bytes in, JSON out. Source: reference 1.1 and 1.2. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { dispatch, type AwsAuthentication, type HttpAnswer } from './dispatch.ts';
import { frontEndError, type AwsError } from './protocol/errors.ts';
import type { AwsRoom } from './room.ts';

/**
 * Largest body. The largest request that is not refused anyway has a value of 64 KiB with every character escaped, a
 * description and tags; this leaves room and keeps reading it short.
 */
const MAX_BODY_BYTES = 1024 * 1024;
const CONTENT_TYPE = 'application/x-amz-json-1.1';

/** Adds the door's routes to a server. The routes, parsers and error handler are its own; others are not touched. */
export function registerAwsDoor(
  server: FastifyInstance,
  room: AwsRoom,
  authentication: AwsAuthentication,
): void {
  void server.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(
      '*',
      { parseAs: 'buffer', bodyLimit: MAX_BODY_BYTES },
      (_request, body, parsed) => {
        parsed(null, body);
      },
    );
    scope.setErrorHandler((error, _request, reply) => sendError(room, reply, bodyError(error)));
    const handle = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> =>
      send(room, reply, await dispatch(room, authentication, asSigned(request)));
    // The path says nothing to the service: any will do.
    scope.post('/', handle);
    scope.post('/*', handle);
    const refuse = (_request: FastifyRequest, reply: FastifyReply): FastifyReply =>
      sendError(
        room,
        reply,
        frontEndError(
          'AccessDeniedException',
          'Unable to determine service/operation name to be authorized',
          403,
        ),
      );
    scope.route({ method: ['PUT', 'DELETE', 'PATCH'], url: '/', handler: refuse });
    scope.options('/', preflight);
    done();
  });
}

function bodyError(error: unknown): AwsError {
  const code = (error as { code?: unknown }).code;
  return code === 'FST_ERR_CTP_BODY_TOO_LARGE'
    ? frontEndError('RequestEntityTooLargeException', 'The request body is too large.', 413)
    : frontEndError('SerializationException');
}

/** Headers as they came, several of one name apart: signatures count them in order. */
function asSigned(request: FastifyRequest): Parameters<typeof dispatch>[2] {
  const headers = new Map<string, string[]>();
  const raw = request.raw.rawHeaders;
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i]!.toLowerCase();
    const values = headers.get(name);
    if (values === undefined) headers.set(name, [raw[i + 1]!]);
    else values.push(raw[i + 1]!);
  }
  const url = request.raw.url ?? '/';
  const at = url.indexOf('?');
  return {
    method: request.method,
    path: at < 0 ? url : url.slice(0, at),
    query: at < 0 ? '' : url.slice(at + 1),
    headers,
    body: request.body instanceof Uint8Array ? request.body : new Uint8Array(),
    sourceIp: request.ip,
  };
}

function send(room: AwsRoom, reply: FastifyReply, { status, requestId, body }: HttpAnswer): FastifyReply {
  return reply
    .code(status)
    .header('content-type', CONTENT_TYPE)
    .header('x-amzn-requestid', requestId)
    .header('date', new Date(room.clock()).toUTCString())
    .header('content-length', Buffer.byteLength(body))
    .send(body);
}

function sendError(room: AwsRoom, reply: FastifyReply, error: AwsError): FastifyReply {
  const body = JSON.stringify(error.body());
  return send(room, reply, { status: error.status, requestId: crypto.randomUUID(), body });
}

/** CORS, for consoles in a browser. */
function preflight(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return reply
    .code(200)
    .header('access-control-allow-origin', '*')
    .header('access-control-allow-methods', 'POST')
    .header('access-control-allow-headers', request.headers['access-control-request-headers'] ?? '*')
    .header('access-control-max-age', '172800')
    .send('');
}
