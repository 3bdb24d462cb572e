/**
 * Reads the `options` start-up parameter: settings separated by blanks, each `--name=value`, `-cname=value` or
 * `-c name=value`; a backslash takes the next character as it is. Null when it cannot be read.
 */
export function parseStartupOptions(text: string): ReadonlyMap<string, string> | null {
  const words = splitWords(text);
  if (words === null) return null;
  const settings = new Map<string, string>();
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as string;
    let assignment: string;
    if (word.startsWith('--')) assignment = word.slice(2);
    else if (word === '-c') assignment = words[++i] ?? '';
    else if (word.startsWith('-c')) assignment = word.slice(2);
    else return null;
    const equals = assignment.indexOf('=');
    if (equals <= 0) return null;
    settings.set(assignment.slice(0, equals), assignment.slice(equals + 1));
  }
  return settings;
}

function splitWords(text: string): string[] | null {
  const words: string[] = [];
  let word: string | null = null;
  for (let i = 0; i < text.length; i++) {
    let character = text[i] as string;
    if (character === '\\') {
      if (++i === text.length) return null;
      character = text[i] as string;
    } else if (/\s/.test(character)) {
      if (word !== null) words.push(word);
      word = null;
      continue;
    }
    word = (word ?? '') + character;
  }
  if (word !== null) words.push(word);
  return words;
}
