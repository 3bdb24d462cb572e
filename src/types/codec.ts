/**
 * The way in for everybody who reads or writes values: text and binary forms of every type.
 *
 * Encoders are made once for a column and then called for each value; neither they nor the decoders see NULL.
 */
export { binaryEncoder, type BinaryEncoder } from './binary-encode.ts';
export { decodeBinary, decodeUtf8 } from './binary-decode.ts';
export { textEncoder, type TextEncoder } from './text-encode.ts';
export { decodeText } from './text-decode.ts';
