/**
 * Shapes of requests: what an operation takes, described once. Types, reading and constraint checks all follow from the
 * description. Constraints and texts: reference aws-secrets-manager 1.7 and 2.0.
 */

interface Constraint {
  /** Members that must not be echoed in an error. */
  readonly sensitive?: true;
  readonly min?: number;
  readonly max?: number;
}

export interface StringShape extends Constraint {
  readonly kind: 'string';
  readonly pattern?: string;
  readonly values?: readonly string[];
}

export interface IntegerShape extends Constraint {
  readonly kind: 'integer';
}

export interface BooleanShape {
  readonly kind: 'boolean';
}

/** Base64 on the wire; limits count bytes after decoding. */
export interface BlobShape extends Constraint {
  readonly kind: 'blob';
}

export interface TimestampShape {
  readonly kind: 'timestamp';
}

export interface ListShape<E extends Shape = Shape> extends Constraint {
  readonly kind: 'list';
  readonly of: E;
}

/** An object whose keys are free: an encryption context. */
export interface MapShape {
  readonly kind: 'map';
}

export interface StructureShape<M extends Members = Members> {
  readonly kind: 'structure';
  readonly members: M;
}

export type Shape =
  | StringShape
  | IntegerShape
  | BooleanShape
  | BlobShape
  | TimestampShape
  | ListShape
  | MapShape
  | StructureShape;

export interface Member<S extends Shape = Shape, R extends boolean = boolean> {
  readonly shape: S;
  readonly required: R;
}

export type Members = Readonly<Record<string, Member>>;

/** What reading a value of a shape gives. */
export type ValueOf<S extends Shape> = S extends StringShape
  ? string
  : S extends IntegerShape
    ? number
    : S extends TimestampShape
      ? number
      : S extends BooleanShape
        ? boolean
        : S extends BlobShape
          ? Buffer
          : S extends MapShape
            ? Readonly<Record<string, string>>
            : S extends ListShape<infer E>
              ? readonly ValueOf<E>[]
              : S extends StructureShape<infer M>
                ? StructureOf<M>
                : never;

type RequiredKeys<M extends Members> = {
  [K in keyof M]: M[K] extends Member<Shape, true> ? K : never;
}[keyof M];

type StructureOf<M extends Members> = {
  readonly [K in RequiredKeys<M>]: ValueOf<M[K]['shape']>;
} & {
  readonly [K in Exclude<keyof M, RequiredKeys<M>>]?: ValueOf<M[K]['shape']>;
};

export function string(
  min?: number,
  max?: number,
  more: { readonly pattern?: string; readonly values?: readonly string[]; readonly sensitive?: true } = {},
): StringShape {
  return { kind: 'string', ...limits(min, max), ...more };
}

export function integer(min?: number, max?: number): IntegerShape {
  return { kind: 'integer', ...limits(min, max) };
}

export function boolean(): BooleanShape {
  return { kind: 'boolean' };
}

export function timestamp(): TimestampShape {
  return { kind: 'timestamp' };
}

export function map(): MapShape {
  return { kind: 'map' };
}

export function blob(min: number, max: number): BlobShape {
  return { kind: 'blob', min, max, sensitive: true };
}

export function list<E extends Shape>(of: E, min?: number, max?: number): ListShape<E> {
  return { kind: 'list', of, ...limits(min, max) };
}

export function structure<M extends Members>(members: M): StructureShape<M> {
  return { kind: 'structure', members };
}

export function required<S extends Shape>(shape: S): Member<S, true> {
  return { shape, required: true };
}

export function optional<S extends Shape>(shape: S): Member<S, false> {
  return { shape, required: false };
}

function limits(min: number | undefined, max: number | undefined): { min?: number; max?: number } {
  return { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
}
