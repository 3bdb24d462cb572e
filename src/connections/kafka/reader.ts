/** Values of Kafka's protocol (https://kafka.apache.org/protocol#protocol_types), as far as a login needs them. */

/** A response that is not what the protocol says. */
export class MalformedResponse extends Error {
  constructor(reason: string) {
    super(`malformed response: ${reason}`);
    this.name = 'MalformedResponse';
  }
}

/** Reads values one after the other. Throws {@link MalformedResponse} at the end of the bytes. */
export class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  boolean(): boolean {
    return this.#take(1).readInt8() !== 0;
  }

  int16(): number {
    return this.#take(2).readInt16BE();
  }

  int32(): number {
    return this.#take(4).readInt32BE();
  }

  string(): string {
    return this.nullableString() ?? '';
  }

  nullableString(): string | null {
    const length = this.int16();
    return length < 0 ? null : this.#take(length).toString('utf8');
  }

  bytes(): Buffer {
    return this.#take(Math.max(0, this.int32()));
  }

  array<T>(element: () => T): readonly T[] {
    const elements: T[] = [];
    // One by one: a length that lies meets the end of the bytes before it costs memory.
    for (let left = this.int32(); left > 0; left--) elements.push(element());
    return elements;
  }

  #take(length: number): Buffer {
    if (this.#at + length > this.#bytes.length) throw new MalformedResponse('too short');
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
}

export function int8(value: number): Buffer {
  return Buffer.from([value & 0xff]);
}

export function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

export function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

export function string(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  return Buffer.concat([int16(bytes.length), bytes]);
}

export function bytes(value: Uint8Array): Buffer {
  return Buffer.concat([int32(value.length), value]);
}

export function array(elements: readonly Buffer[]): Buffer {
  return Buffer.concat([int32(elements.length), ...elements]);
}
