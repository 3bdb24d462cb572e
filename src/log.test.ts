import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { SqlError } from './errors.ts';
import { createLogger, describeDefect } from './log.ts';
import { SecretBytes } from './secrets/secret-bytes.ts';

function logged(record: object): Record<string, unknown> {
  const stream = new PassThrough();
  createLogger('trace', stream).info(record, 'said');
  return JSON.parse(String(stream.read())) as Record<string, unknown>;
}

function thrown(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

describe('a log line', () => {
  it('shows neither secrets nor what stands under names of secrets', () => {
    const line = logged({
      held: SecretBytes.fromText('planted'),
      deep: { password: 'planted', body: { SecretString: 'planted' } },
      sql: 'planted',
    });
    expect(JSON.stringify(line)).not.toContain('planted');
  });

  it.each<[string, () => unknown]>([
    ['JSON that is none', () => JSON.parse('planted')],
    ['a wrong argument', () => Buffer.alloc('planted' as never)],
    ['a property of nothing', () => (undefined as never)['planted']],
    ['an address that is none', () => new URL('planted')],
    ['a percent sign', () => decodeURIComponent('planted%')],
    ['a wrong flag', () => new RegExp('a', 'planted')],
  ])('tells the type and place of an error about %s, not what it quotes', (_name, run) => {
    const line = logged({ err: thrown(run) });
    expect(line['err']).toMatchObject({ type: expect.stringMatching(/Error$/) as string });
    expect(line['err']).toMatchObject({ stack: expect.stringContaining('log.test.ts') as string });
    expect(JSON.stringify(line)).not.toContain('planted');
  });

  it('keeps the message of errors of our own and of the system', () => {
    expect(logged({ err: new SqlError('53100', 'the disk is full') })).toMatchObject({
      err: { message: 'the disk is full', code: '53100' },
    });
    const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' });
    expect(logged({ err: refused })).toMatchObject({
      err: { code: 'ECONNREFUSED', message: refused.message },
    });
  });

  it('tells no message of a defect', () => {
    const defect = describeDefect(new Error('planted\n    at planted (planted.ts:1:1)'));
    expect(defect).toMatchObject({ type: 'Error', stack: expect.stringContaining('log.test.ts') as string });
    expect(JSON.stringify([defect, describeDefect('planted')])).not.toContain('planted');
  });
});
