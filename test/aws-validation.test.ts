/**
 * Every operation of every service checks its request by its description before it does anything: each constraint of each
 * member is broken once, alone and together with others, over HTTP. Texts: what the service is known to say.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Shape, StructureShape } from '../src/aws/protocol/shape.ts';
import { SERVICES } from '../src/aws/services.ts';
import { raw, startAws, type TestAws } from './aws/harness.ts';

let server: TestAws;
beforeAll(async () => {
  server = await startAws();
});
afterAll(() => server.stop());

type Json = unknown;

/** A value that a shape takes. */
function valid(shape: Shape): Json {
  switch (shape.kind) {
    case 'string':
      return shape.values?.[0] ?? sample(shape.min ?? 1, shape.pattern);
    case 'integer':
      return shape.min ?? 1;
    case 'boolean':
      return true;
    case 'timestamp':
      return 1_700_000_000;
    case 'blob':
      return Buffer.alloc(shape.min ?? 1, 1).toString('base64');
    case 'list':
      return Array.from({ length: shape.min ?? 1 }, () => valid(shape.of));
    case 'map':
      return { a: 'b' };
    case 'structure':
      return required(shape);
  }
}

/** A text of a length that matches a pattern of ours. */
function sample(length: number, pattern: string | undefined): string {
  if (pattern?.includes('[a-z]+-') === true) return 'us-east-1';
  if (pattern === '[0-9]+h') return '4h';
  return 'a'.repeat(Math.max(1, length));
}

function required({ members }: StructureShape): Record<string, Json> {
  const wanted = Object.entries(members).filter(([, member]) => member.required);
  return Object.fromEntries(wanted.map(([name, { shape }]) => [name, valid(shape)]));
}

interface Violation {
  readonly value: Json;
  /** `Value ... at '...' failed to satisfy constraint: ...` */
  readonly text: string;
}

const lower = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

/** Everything that can be wrong with one member, but for its JSON type. */
function* violations(shape: Shape, path: string): Iterable<Violation> {
  const wrong = (value: Json, shown: string, must: string): Violation => {
    const hidden = 'sensitive' in shape && shape.sensitive === true;
    const what = hidden ? 'Value' : `Value '${shown.length > 1024 ? `${shown.slice(0, 1024)}...` : shown}'`;
    return { value, text: `${what} at '${path}' failed to satisfy constraint: Member must ${must}` };
  };
  const atLeast = (n: number): string => `greater than or equal to ${n}`;
  const atMost = (n: number): string => `less than or equal to ${n}`;
  if (shape.kind === 'string') {
    const { min, max, pattern, values } = shape;
    if (min !== undefined && min > 0) yield wrong('', '', `have length ${atLeast(min)}`);
    if (max !== undefined && max < 100_000) {
      yield wrong('a'.repeat(max + 1), 'a'.repeat(max + 1), `have length ${atMost(max)}`);
    }
    const odd = '\u2603'.repeat(Math.max(1, min ?? 1));
    if (pattern !== undefined) yield wrong(odd, odd, `satisfy regular expression pattern: ${pattern}`);
    if (values !== undefined) yield wrong('x', 'x', `satisfy enum value set: [${values.join(', ')}]`);
  } else if (shape.kind === 'integer') {
    const { min, max } = shape;
    if (min !== undefined) yield wrong(min - 1, String(min - 1), `have value ${atLeast(min)}`);
    if (max !== undefined) yield wrong(max + 1, String(max + 1), `have value ${atMost(max)}`);
  } else if (shape.kind === 'blob') {
    const bytes = (n: number): string => Buffer.alloc(n).toString('base64');
    if ((shape.min ?? 0) > 0) yield wrong('', '', `have length ${atLeast(shape.min!)}`);
    yield wrong(bytes(shape.max! + 1), '', `have length ${atMost(shape.max!)}`);
  } else if (shape.kind === 'list') {
    const { min, max, of } = shape;
    const many = (n: number): Json[] => Array.from({ length: n }, () => valid(of));
    const shown = (list: readonly Json[]): string =>
      `[${list.map((one) => (typeof one === 'object' ? JSON.stringify(one) : String(one))).join(', ')}]`;
    if (min !== undefined && min > 0) yield wrong([], '[]', `have length ${atLeast(min)}`);
    if (max !== undefined) yield wrong(many(max + 1), shown(many(max + 1)), `have length ${atMost(max)}`);
    // The second element is at fault.
    for (const { value, text } of violations(of, `${path}.2.member`)) {
      if (max === undefined || max > 1) yield { value: [valid(of), value], text };
    }
  } else if (shape.kind === 'structure') {
    for (const [name, member] of Object.entries(shape.members)) {
      for (const { value, text } of violations(member.shape, `${path}.${lower(name)}`)) {
        yield { value: { ...required(shape), [name]: value }, text };
      }
    }
  }
}

async function refusal(target: string, input: Record<string, Json>): Promise<{ type: string; text: string }> {
  const { status, json } = await raw(server.port, { target, body: JSON.stringify(input) });
  expect(status).toBe(400);
  // Outside of the service's model: the member is in lower case.
  expect(json).not.toHaveProperty('Message');
  return { type: String(json['__type']), text: String(json['message']) };
}

function detected(texts: readonly string[]): { type: string; text: string } {
  const errors = texts.length === 1 ? 'error' : 'errors';
  return {
    type: 'ValidationException',
    text: `${texts.length} validation ${errors} detected: ${texts.join('; ')}`,
  };
}

const operations = SERVICES.flatMap(({ targetPrefix, operations: known }) =>
  Object.entries(known)
    .filter(([, { shape }]) => Object.keys(shape.members).length > 0)
    .map(([name, { shape }]) => [name, `${targetPrefix}.${name}`, shape] as const),
);

describe.each(operations)('%s', (_name, target, shape) => {
  const given = required(shape);
  const broken = Object.entries(shape.members).map(([name, member]) => {
    return { name, each: [...violations(member.shape, lower(name))] };
  });

  it('refuses each violation by itself', async () => {
    for (const { name, each } of broken) {
      for (const { value, text } of each) {
        expect(await refusal(target, { ...given, [name]: value })).toEqual(detected([text]));
      }
    }
  });

  it('names all of several at once, in order', async () => {
    const several = broken.filter(({ each }) => each.length > 0);
    if (several.length < 2) return;
    const input = Object.fromEntries(several.map(({ name, each }) => [name, each[0]!.value]));
    const texts = several.map(({ each }) => each[0]!.text);
    expect(await refusal(target, { ...given, ...input })).toEqual(detected(texts));
  });

  it('names every member that is missing', async () => {
    const missing = Object.keys(given).map(
      (name) => `Value null at '${lower(name)}' failed to satisfy constraint: Member must not be null`,
    );
    if (missing.length > 0) expect(await refusal(target, {})).toEqual(detected(missing));
    const nulls = Object.fromEntries(Object.keys(given).map((name) => [name, null]));
    if (missing.length > 0) expect(await refusal(target, nulls)).toEqual(detected(missing));
  });

  it('refuses members of a wrong type before it looks at anything else', async () => {
    for (const [name, member] of Object.entries(shape.members)) {
      const wrong = member.shape.kind === 'string' ? 7 : member.shape.kind === 'boolean' ? 'x' : false;
      const { type, text } = await refusal(target, { [name]: wrong });
      expect(type).toBe('SerializationException');
      if (member.shape.kind === 'string') expect(text).toBe('NUMBER_VALUE can not be converted to a String');
    }
  });
});

it('nothing of all this was done', () => {
  expect([...server.committer.current().items.values()].filter((item) => item.kind === 'secret')).toEqual([]);
});
