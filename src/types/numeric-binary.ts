/** numeric on the wire: groups of four decimal digits (numeric_send, numeric_recv). */
import { invalidBinary } from './input-error.ts';
import { DIGITS_PER_GROUP, Numeric, pow10 } from './numeric.ts';

const NEGATIVE = 0x4000;
const SPECIAL = { NaN: 0xc000, Infinity: 0xd000, '-Infinity': 0xf000 } as const;
const HEADER_BYTES = 8;

/** ndigits, weight, sign, dscale, then the groups without zero groups at either end. */
export function encodeNumeric(value: Numeric): Uint8Array {
  if (value.special !== null) {
    const out = Buffer.alloc(HEADER_BYTES);
    out.writeUInt16BE(SPECIAL[value.special], 4);
    // numeric_send reads the scale of an infinity from the bits that tell it from NaN.
    if (value.special !== 'NaN') out.writeUInt16BE(0x20, 6);
    return out;
  }
  const negative = value.digits < 0n;
  const text = (negative ? -value.digits : value.digits).toString().padStart(value.scale + 1, '0');
  const whole = text.slice(0, text.length - value.scale);
  const fraction = text.slice(text.length - value.scale);
  const padded =
    whole.padStart(Math.ceil(whole.length / DIGITS_PER_GROUP) * DIGITS_PER_GROUP, '0') +
    fraction.padEnd(Math.ceil(fraction.length / DIGITS_PER_GROUP) * DIGITS_PER_GROUP, '0');
  const groups: number[] = [];
  for (let i = 0; i < padded.length; i += DIGITS_PER_GROUP)
    groups.push(Number(padded.slice(i, i + DIGITS_PER_GROUP)));
  let weight = Math.ceil(whole.length / DIGITS_PER_GROUP) - 1;
  let first = 0;
  while (first < groups.length && groups[first] === 0) {
    first++;
    weight--;
  }
  let end = groups.length;
  while (end > first && groups[end - 1] === 0) end--;
  const out = Buffer.alloc(HEADER_BYTES + (end - first) * 2);
  out.writeUInt16BE(end - first, 0);
  out.writeInt16BE(end === first ? 0 : weight, 2);
  out.writeUInt16BE(negative ? NEGATIVE : 0, 4);
  out.writeUInt16BE(value.scale, 6);
  for (let i = first; i < end; i++) out.writeUInt16BE(groups[i] ?? 0, HEADER_BYTES + (i - first) * 2);
  return out;
}

/** Throws 22P03 for lengths, signs, scales or groups that no numeric has. */
export function decodeNumeric(bytes: Buffer): Numeric {
  const bad = (): Error => invalidBinary('numeric');
  if (bytes.length < HEADER_BYTES) throw bad();
  const count = bytes.readUInt16BE(0);
  const weight = bytes.readInt16BE(2);
  const sign = bytes.readUInt16BE(4);
  const scale = bytes.readUInt16BE(6);
  if (bytes.length !== HEADER_BYTES + count * 2 || scale > 16383) throw bad();
  if (sign === SPECIAL.NaN) return Numeric.NAN;
  if (sign === SPECIAL.Infinity) return Numeric.INFINITY;
  if (sign === SPECIAL['-Infinity']) return Numeric.NEGATIVE_INFINITY;
  if (sign !== 0 && sign !== NEGATIVE) throw bad();
  let text = '';
  for (let i = 0; i < count; i++) {
    const group = bytes.readUInt16BE(HEADER_BYTES + i * 2);
    if (group > 9999) throw bad();
    text += String(group).padStart(DIGITS_PER_GROUP, '0');
  }
  const coefficient = BigInt(text === '' ? '0' : text);
  // Digits after the point in the groups as sent; dscale decides how many of them count.
  const sent = (count - 1 - weight) * DIGITS_PER_GROUP;
  const atScale =
    sent <= scale
      ? coefficient * pow10(scale - sent)
      : coefficient / pow10(Math.min(sent - scale, text.length + 1));
  return new Numeric(sign === NEGATIVE ? -atScale : atScale, scale);
}
