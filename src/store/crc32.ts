/** CRC-32 as in IEEE 802.3, zip and PNG. Node has it in zlib only from 20.15 on. */

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let rest = n;
  for (let bit = 0; bit < 8; bit += 1) rest = (rest & 1) === 1 ? (rest >>> 1) ^ 0xed_b8_83_20 : rest >>> 1;
  return rest;
});

/**
 * Checksum of the bytes from `start` to before `end`, as an unsigned number. `sum` is that of the bytes before these, when
 * a checksum is made piece by piece.
 */
export function crc32(bytes: Uint8Array, start = 0, end = bytes.length, sum = 0): number {
  let crc = sum ^ 0xff_ff_ff_ff;
  for (let i = start; i < end; i += 1) crc = TABLE[(crc ^ bytes[i]!) & 0xff]! ^ (crc >>> 8);
  return (crc ^ 0xff_ff_ff_ff) >>> 0;
}
