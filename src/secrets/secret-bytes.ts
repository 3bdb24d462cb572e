import { inspect } from 'node:util';

const REDACTED = '[redacted]';

/**
 * A plaintext secret value. Prints as `[redacted]` to strings, JSON, logs and the inspector; the bytes come out of
 * {@link SecretBytes.open} only, which is called in few, named places.
 */
export class SecretBytes {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  static fromText(text: string): SecretBytes {
    return new SecretBytes(Buffer.from(text, 'utf8'));
  }

  /** Length in bytes; not a secret. */
  get length(): number {
    return this.#bytes.length;
  }

  /** The plaintext. The caller must not log, store or throw it. */
  open(): Uint8Array {
    return this.#bytes;
  }

  /** The plaintext read as UTF-8. */
  openText(): string {
    return Buffer.from(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.byteLength).toString('utf8');
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}
