/**
 * Errors of type input: Materialize's texts (reference 7.5), which name the type, the cause and the offending text.
 */
import { planError, type SqlError } from '../errors.ts';

/** `invalid input syntax for type <t>: <cause>: "<text>"`; without a cause that part is left out. */
export function invalidInput(typeName: string, text: string, cause?: string): SqlError {
  return planError(
    `invalid input syntax for type ${typeName}: ${cause === undefined ? '' : `${cause}: `}"${text}"`,
  );
}

/** As {@link invalidInput} for types whose input can be a secret: the text stays out. */
export function invalidInputRedacted(typeName: string, cause: string): SqlError {
  return planError(`invalid input syntax for type ${typeName}: ${cause}`);
}

/** `"<v>" integer out of range`: a value that does not fit the target number type. */
export function outOfRange(value: string, displayName: string): SqlError {
  return planError(`"${value}" ${displayName} out of range`);
}

/** 22P03: bytes of a binary value that cannot be one of the type. */
export function invalidBinary(typeName: string): SqlError {
  return planError(`invalid binary representation of type ${typeName}`).with({ code: '22P03' });
}
