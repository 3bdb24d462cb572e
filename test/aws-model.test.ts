/** The description of requests held against botocore's model of the services, where Python has botocore. */
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { Shape } from '../src/aws/protocol/shape.ts';
import { SERVICES } from '../src/aws/services.ts';
import { PYTHON } from './aws/clients/programs.ts';

interface ModelShape {
  readonly type: string;
  readonly members?: Readonly<Record<string, { readonly shape: string }>>;
  readonly member?: { readonly shape: string };
  readonly required?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly sensitive?: boolean;
}

interface Model {
  readonly operations: Readonly<Record<string, { readonly input?: { readonly shape: string } }>>;
  readonly shapes: Readonly<Record<string, ModelShape>>;
}

const PROGRAM = `
import json, sys, botocore.loaders
json.dump(botocore.loaders.Loader().load_service_model(sys.argv[1], 'service-2'), sys.stdout)`;

function modelOf(service: string): Model | null {
  try {
    const output = execFileSync(PYTHON, ['-c', PROGRAM, service], {
      maxBuffer: 64 * 1024 * 1024,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return JSON.parse(output.toString()) as Model;
  } catch {
    return null;
  }
}

/** Where the service is known to differ from its model, and where we do. */
const KNOWN = new Set([
  // The service says itself that the value is missing.
  'PutSecretValue.SecretString min',
  // The service's own limits are narrower.
  'ScheduleKeyDeletion.PendingWindowInDays min',
  'ScheduleKeyDeletion.PendingWindowInDays max',
  'LookupEvents.LookupAttributes max',
  // Page tokens are ours.
  'ListKeys.Marker pattern',
  'ListAliases.Marker pattern',
  'ListKeyPolicies.Marker pattern',
  'ListResourceTags.Marker pattern',
  'ListKeyRotations.Marker pattern',
  // Not supported, whatever it holds.
  'CreateKey.XksKeyId pattern',
  // Optional in newer models, for dry runs that are not supported.
  'Decrypt.CiphertextBlob required',
  'ReEncrypt.CiphertextBlob required',
  'RotateSecret.ExternalSecretRotationMetadata[].Key required',
  'RotateSecret.ExternalSecretRotationMetadata[].Value required',
]);

function* differences(path: string, ours: Shape, theirs: ModelShape, model: Model): Iterable<string> {
  const kind = theirs.type === 'long' ? 'integer' : theirs.type;
  if (ours.kind !== kind) yield `${path} ${ours.kind} ${theirs.type}`;
  const limits = ours as { min?: number; max?: number; pattern?: string; values?: readonly string[] };
  // Nothing is shorter than nothing.
  if ((limits.min ?? 0) !== (theirs.min ?? 0)) yield `${path} min`;
  if (limits.max !== theirs.max) yield `${path} max`;
  if (limits.pattern !== theirs.pattern) yield `${path} pattern`;
  const values = new Set(limits.values ?? []);
  if ((theirs.enum === undefined) !== (limits.values === undefined)) yield `${path} enum`;
  // Newer models may know more values.
  for (const value of theirs.enum?.slice(0, values.size) ?? [])
    if (!values.has(value)) yield `${path} enum ${value}`;
  if (theirs.sensitive === true && !('sensitive' in ours)) yield `${path} sensitive`;
  if (ours.kind === 'list' && theirs.member !== undefined) {
    yield* differences(`${path}[]`, ours.of, model.shapes[theirs.member.shape]!, model);
  }
  if (ours.kind !== 'structure') return;
  for (const [name, member] of Object.entries(ours.members)) {
    const at = `${path}.${name}`;
    const known = theirs.members?.[name];
    if (known === undefined) continue;
    if (member.required !== (theirs.required ?? []).includes(name)) yield `${at} required`;
    yield* differences(at, member.shape, model.shapes[known.shape]!, model);
  }
}

describe.each(SERVICES.map((service) => [service.signingName, service] as const))('%s', (name, service) => {
  const model = modelOf(name);
  it.skipIf(model === null)(
    `is described as botocore does${model === null ? ' (not installed)' : ''}`,
    () => {
      const found: string[] = [];
      for (const [operation, { shape }] of Object.entries(service.operations)) {
        const input = model!.operations[operation]?.input;
        if (Object.keys(shape.members).length === 0 || input === undefined) continue;
        found.push(...differences(operation, shape, model!.shapes[input.shape]!, model!));
      }
      expect(found.filter((difference) => !KNOWN.has(difference))).toEqual([]);
    },
  );

  it.skipIf(model === null)('has no operation that the service has not', () => {
    // What is refused by name may be newer than the model.
    const ours = Object.entries(service.operations).filter(([, { unsupported }]) => unsupported !== true);
    const unknown = ours.filter(([operation]) => model!.operations[operation] === undefined);
    expect(unknown.map(([operation]) => operation)).toEqual([]);
  });
});
