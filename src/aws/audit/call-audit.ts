/**
 * The record of one call. Of a call that changed something it is on disk before the answer: in the same commit where the
 * operation can say its answer by then, right after it otherwise. Records of reads and of failures follow a moment later.
 */
import type { AwsError } from '../protocol/errors.ts';
import type { Fields } from '../protocol/operation.ts';
import type { ServiceOperation } from '../protocol/service.ts';
import type { AuditLog, AuditRecord, PreparedEvent } from './log.ts';
import { auditInput, callRecord, type CallFacts } from './records.ts';

export class CallAudit {
  readonly #log: AuditLog;
  readonly #facts: CallFacts;
  readonly #operation: ServiceOperation;
  #parameters: AuditRecord | null = null;
  #kept = false;

  constructor(log: AuditLog, facts: CallFacts, operation: ServiceOperation) {
    this.#log = log;
    this.#facts = facts;
    this.#operation = operation;
  }

  /** What was asked, once it is read. */
  asked(input: Fields): void {
    this.#parameters = auditInput(this.#operation.shape, input);
  }

  /** The event of a success, to be committed with its changes and then {@link keep kept}. */
  prepare(output: Fields | undefined): PreparedEvent {
    return this.#log.prepare(this.#facts.now, this.#record(output));
  }

  keep(event: PreparedEvent): void {
    this.#kept = true;
    this.#log.keep(event);
  }

  /** The call succeeded: writes its record unless that is on disk already. */
  async succeeded(output: Fields | undefined): Promise<void> {
    if (this.#kept || this.#operation.auditsItself === true) return;
    this.#log.append(this.#facts.now, this.#record(output));
    if (!this.#operation.readOnly) await this.#log.flush();
  }

  failed(error: AwsError): void {
    this.#log.append(this.#facts.now, this.#record(undefined, error));
  }

  #record(output: Fields | undefined, error?: AwsError): AuditRecord {
    const { audited } = this.#operation;
    return callRecord(this.#facts, {
      requestParameters: this.#parameters,
      responseElements: error !== undefined || audited === undefined ? null : audited(output),
      error,
    });
  }
}
