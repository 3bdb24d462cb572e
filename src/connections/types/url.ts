/** URLs in connection options. */
import { planError } from '../../errors.ts';

/** Parses an absolute URL. Throws XX000 `<doing>: <reason>`. */
export function parseUrl(text: string, doing: string): URL {
  try {
    return new URL(text);
  } catch {
    throw planError(`${doing}: ${reasonOf(text)}`);
  }
}

function reasonOf(text: string): string {
  if (!/^[a-z][a-z0-9+.-]*:/i.test(text)) return 'relative URL without a base';
  if (/^[a-z]+:\/*$/i.test(text)) return 'empty host';
  if (/:\d*[^\d/?#]*$/.test(text.replace(/^[a-z]+:\/\//i, ''))) return 'invalid port number';
  return 'invalid international domain name';
}
