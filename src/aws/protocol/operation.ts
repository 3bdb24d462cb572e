/** What an operation is given and what it is. */
import type { CallAudit } from '../audit/call-audit.ts';
import type { AwsRoom } from '../room.ts';
import type { Caller } from '../caller.ts';
import type { Input, OperationName } from '../shapes.ts';

/** One request of a known caller. */
export interface Call {
  readonly room: AwsRoom;
  readonly region: string;
  readonly caller: Caller;
  readonly requestId: string;
  /** Name of the operation, for texts of refusals. */
  readonly action: string;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
  /** What was asked, read and checked: conditions of policies ask about it. */
  readonly input: Fields;
  /** The call's own record. */
  readonly audit: CallAudit;
  readonly sourceIp: string;
  readonly userAgent: string;
}

export type Fields = Readonly<Record<string, unknown>>;

/** An output that is JSON already. */
export class JsonText {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** What an operation answers; `undefined`: an empty body. */
export type Output = Fields | JsonText | undefined;

/** An operation of Secrets Manager. */
export interface Operation<O extends OperationName> {
  readonly readOnly: boolean;
  run(call: Call, input: Input<O>): Output | Promise<Output>;
  /** responseElements of the audit record; absent: null. */
  readonly audited?: (output: Fields | undefined) => Fields;
}

/** Leaves out members without a value: the service never sends null. */
export function present(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
