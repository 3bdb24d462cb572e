/** Templates of to_char(), to_date() and to_timestamp(): text to fields. Source: PostgreSQL 15, "Data Type Formatting". */

export const MONTHS =
  'January February March April May June July August September October November December'.split(' ');
export const DAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');
export const ROMAN_MONTHS = 'I II III IV V VI VII VIII IX X XI XII'.split(' ');

/** Patterns, longest first where one begins another. Case matters only for words; each is matched in any case. */
const PATTERNS =
  'SSSSS SSSS Y,YYY YYYY YYY YY Y IYYY IYY IY IDDD ID IW I HH24 HH12 HH MI MS MM SS US FF1 FF2 FF3 FF4 FF5 FF6 A.M. P.M. AM PM A.D. B.C. AD BC MONTH MON DAY DDD DD DY D WW W CC J Q RM TZH TZM TZ OF'.split(
    ' ',
  );

/** One pattern of a template with its modifiers. */
export interface TemplateField {
  readonly pattern: string;
  /** As written: its case decides the case of words. */
  readonly written: string;
  readonly fill: boolean;
  readonly suffix: '' | 'th' | 'TH';
  /** FX was seen: reading takes the template by the letter from here on. */
  readonly exact: boolean;
}

/** Text that stands for itself: one character, or all that stood in quotes. */
export interface TemplateText {
  readonly text: string;
  readonly quoted: boolean;
  readonly exact: boolean;
}

export type TemplateNode = TemplateField | TemplateText;

/** Templates whose fields are remembered. */
const MAX_CACHED = 200;
const cache = new Map<string, readonly TemplateNode[]>();

/** Fields and literal text of a template, in order. */
export function parseTemplate(format: string): readonly TemplateNode[] {
  let nodes = cache.get(format);
  if (nodes === undefined) {
    nodes = tokens(format);
    if (cache.size >= MAX_CACHED) cache.clear();
    cache.set(format, nodes);
  }
  return nodes;
}

function tokens(format: string): readonly TemplateNode[] {
  const nodes: TemplateNode[] = [];
  const upper = format.toUpperCase();
  let exact = false;
  for (let at = 0; at < format.length;) {
    let fill = false;
    let start = at;
    while (upper.startsWith('FM', start) || upper.startsWith('FX', start) || upper.startsWith('TM', start)) {
      if (upper.startsWith('FM', start)) fill = true;
      if (upper.startsWith('FX', start)) exact = true;
      start += 2;
    }
    const pattern = PATTERNS.find((candidate) => upper.startsWith(candidate, start));
    if (pattern !== undefined) {
      at = start + pattern.length;
      const written = format.slice(start, at);
      let suffix: TemplateField['suffix'] = '';
      if (upper.startsWith('TH', at)) {
        suffix = format.startsWith('th', at) ? 'th' : 'TH';
        at += 2;
      }
      // SP (spelled out) is a modifier that PostgreSQL reads and does nothing about.
      if (upper.startsWith('SP', at)) at += 2;
      nodes.push({ pattern, written, fill, suffix, exact });
      continue;
    }
    if (start > at) {
      at = start;
      continue;
    }
    const quoted = /^"((?:[^"\\]|\\.)*)"?/su.exec(format.slice(at));
    const literal = quoted === null ? (/^(?:\\(?="))?(.)/su.exec(format.slice(at))?.[0] ?? '') : quoted[0];
    nodes.push({
      text: quoted === null ? literal.replace(/^\\(?=")/s, '') : (quoted[1] ?? '').replace(/\\(.)/gs, '$1'),
      quoted: quoted !== null || literal.length > 1,
      exact,
    });
    at += literal.length;
  }
  return nodes;
}
