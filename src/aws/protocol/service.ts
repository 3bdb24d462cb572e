/** A service that the endpoint speaks: its operations by name, each with its shape. */
import type { StructureShape } from './shape.ts';
import type { Call, Fields, Output } from './operation.ts';

export interface ServiceOperation {
  readonly shape: StructureShape;
  readonly readOnly: boolean;
  run(call: Call, input: Fields): Output | Promise<Output>;
  readonly audited?: ((output: Fields | undefined) => Fields) | undefined;
  /** Audited by itself, in other records. */
  readonly auditsItself?: boolean;
  /** Known by name, and refused. */
  readonly unsupported?: true;
}

export interface Service {
  /** Before the dot of X-Amz-Target. */
  readonly targetPrefix: string;
  /** In the credential scope. */
  readonly signingName: string;
  readonly eventSource: string;
  readonly operations: Readonly<Record<string, ServiceOperation>>;
}
