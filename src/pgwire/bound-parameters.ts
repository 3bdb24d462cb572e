import { SqlError, protocolViolation, toSqlError } from '../errors.ts';
import type { Prepared } from '../engine/outcome.ts';
import { decodeUtf8 } from '../pgproto/byte-reader.ts';
import type { BindMessage, FormatCode } from '../pgproto/frontend-messages.ts';
import { NO_SESSION, type CastSession } from '../types/cast-session.ts';
import { decodeBinary, decodeText } from '../types/codec.ts';
import type { Datum } from '../types/datum.ts';
import type { SqlType } from '../types/sql-type.ts';
import { checkFormatCount, formatAt } from './row-format.ts';

const NONE: readonly Datum[] = [];
const TEXT_OID = 25;

/**
 * The values of a Bind message. Throws 08P01 when their number is not the statement's, 22023 for a value that its type
 * does not take. `session` resolves names of the catalog, asked for only when a parameter is one.
 */
export function decodeParameters(
  message: BindMessage,
  statementName: string,
  prepared: Prepared,
  session: () => CastSession = () => NO_SESSION,
): readonly Datum[] {
  const given = message.parameters.length;
  const required = prepared.parameters.length;
  if (given !== required) {
    throw protocolViolation(
      `bind message supplies ${given} parameters, but prepared statement "${statementName}" requires ${required}`,
    );
  }
  checkFormatCount(message.parameterFormats.length, given);
  if (given === 0) return NONE;
  return message.parameters.map((value, i) => {
    const parameter = prepared.parameters[i];
    if (value === null || parameter === undefined) return null;
    return decodeParameter(parameter.type, formatAt(message.parameterFormats, i), value, session);
  });
}

/** Types whose text is a name in the catalog: regclass, regtype and their kin. */
const isNamed = ({ name }: SqlType): boolean => name.startsWith('reg');

function decodeParameter(
  type: SqlType,
  format: FormatCode,
  value: Buffer,
  session: () => CastSession,
): Datum {
  try {
    if (type.oid === TEXT_OID) return checkedText(value);
    if (format === 0) return decodeText(type, checkedText(value), -1, isNamed(type) ? session() : NO_SESSION);
    // A copy: the value may live on in the catalog, the network buffer must not.
    return decodeBinary(type, new Uint8Array(value));
  } catch (cause) {
    const error = toSqlError(cause);
    throw new SqlError('22023', `unable to decode parameter: ${error.message}`, {
      detail: error.detail,
      hint: error.hint,
    });
  }
}

function checkedText(value: Buffer): string {
  if (value.includes(0)) throw new SqlError('22021', 'invalid byte sequence for encoding "UTF8": 0x00');
  return decodeUtf8(value);
}
