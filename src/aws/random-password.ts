/** Random passwords from a cryptographic source, every character drawn without bias. */
import { randomInt } from 'node:crypto';
import { invalidParameter } from './protocol/errors.ts';

export interface PasswordRules {
  readonly length: number;
  /** Characters never used. */
  readonly exclude: string;
  readonly numbers: boolean;
  readonly punctuation: boolean;
  readonly uppercase: boolean;
  readonly lowercase: boolean;
  readonly space: boolean;
  /** At least one character of each class. */
  readonly requireEach: boolean;
}

const LOWERCASE = 'abcdefghijklmnopqrstuvwxyz';
const DIGITS = '0123456789';
/** The 32 punctuation marks of ASCII. */
const PUNCTUATION = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';

/** Throws InvalidParameter when the rules leave nothing to choose from. */
export function randomPassword(rules: PasswordRules): string {
  const excluded = new Set(rules.exclude);
  const without = (letters: string): string => [...letters].filter((c) => !excluded.has(c)).join('');
  const classes = [
    rules.lowercase ? LOWERCASE : '',
    rules.uppercase ? LOWERCASE.toUpperCase() : '',
    rules.numbers ? DIGITS : '',
    rules.punctuation ? PUNCTUATION : '',
  ].filter((letters) => letters !== '');
  const usable = classes.map(without);
  const pool = usable.join('') + (rules.space ? without(' ') : '');
  if (pool === '') throw invalidParameter('All characters have been excluded from selection');
  if (rules.requireEach) {
    if (usable.includes('')) {
      throw invalidParameter('All characters of the desired type have been excluded');
    }
    if (rules.length < usable.length) {
      throw invalidParameter('Password length is too short based on the required types.');
    }
  }
  const required = rules.requireEach ? usable.map(pick) : [];
  const rest = Array.from({ length: rules.length - required.length }, () => pick(pool));
  return shuffled([...required, ...rest]).join('');
}

function pick(letters: string): string {
  return letters[randomInt(letters.length)]!;
}

function shuffled(letters: string[]): readonly string[] {
  for (let i = letters.length - 1; i > 0; i -= 1) {
    const j = randomInt(i + 1);
    [letters[i], letters[j]] = [letters[j]!, letters[i]!];
  }
  return letters;
}
