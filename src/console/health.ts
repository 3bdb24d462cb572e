/** `/api/livez`, `/api/readyz` and `/metrics` (Prometheus text format 0.0.4). */
import type { FastifyInstance } from 'fastify';

/** What the pages tell; read at each request. */
export interface HealthSource {
  /** Empty when the server can serve reads and writes; otherwise why not. */
  unready(): readonly string[];
  metrics(): readonly Metric[];
}

export interface Metric {
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  readonly help: string;
  readonly value: number;
}

export function registerHealth(server: FastifyInstance, source: HealthSource): void {
  server.get('/api/livez', async (_request, reply) => {
    await reply.type('text/plain; charset=utf-8').send('ok\n');
  });
  server.get('/api/readyz', async (_request, reply) => {
    const reasons = source.unready();
    const body = reasons.length === 0 ? 'ready\n' : `${reasons.join('\n')}\n`;
    await reply
      .code(reasons.length === 0 ? 200 : 503)
      .type('text/plain; charset=utf-8')
      .send(body);
  });
  server.get('/metrics', async (_request, reply) => {
    await reply
      .type('text/plain; version=0.0.4; charset=utf-8')
      .send(source.metrics().map(printMetric).join(''));
  });
}

function printMetric({ name, type, help, value }: Metric): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${name} ${value}\n`;
}
