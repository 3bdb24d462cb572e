/** Start-up keys that configure the connection rather than a variable. */
const NOT_VARIABLES = new Set(['user', 'options', 'replication', 'mz_connection_uuid', 'mz_forwarded_for']);

/**
 * Variable settings of a start-up packet: its own keys, and those inside `options` (`--k=v`, `-ck=v`, `-c k=v`; a
 * backslash escapes a blank or a backslash). `complain` is told when `options` cannot be read.
 */
export function readStartupOptions(
  settings: ReadonlyMap<string, string>,
  complain: (text: string) => void,
): readonly { readonly name: string; readonly value: string }[] {
  const found: { name: string; value: string }[] = [];
  const options = settings.get('options');
  if (options !== undefined) {
    const parsed = parseOptions(options);
    if (parsed === null) complain('startup setting options not set: could not parse');
    else found.push(...parsed);
  }
  for (const [name, value] of settings) {
    if (!NOT_VARIABLES.has(name) && !name.startsWith('_pq_.')) found.push({ name, value });
  }
  return found;
}

function parseOptions(text: string): { name: string; value: string }[] | null {
  const words = splitWords(text);
  const found: { name: string; value: string }[] = [];
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i]!;
    let setting: string | undefined;
    if (word === '-c') setting = words[(i += 1)];
    else if (word.startsWith('--')) setting = word.slice(2);
    else if (word.startsWith('-c')) setting = word.slice(2);
    const at = setting?.indexOf('=') ?? -1;
    if (setting === undefined || at <= 0) return null;
    found.push({ name: setting.slice(0, at).replaceAll('-', '_'), value: setting.slice(at + 1) });
  }
  return found;
}

function splitWords(text: string): string[] {
  const words: string[] = [];
  let word = '';
  let open = false;
  for (let i = 0; i < text.length; i += 1) {
    const c = text[i]!;
    if (c === '\\' && i + 1 < text.length) {
      word += text[(i += 1)]!;
      open = true;
    } else if (/\s/.test(c)) {
      if (open) words.push(word);
      word = '';
      open = false;
    } else {
      word += c;
      open = true;
    }
  }
  if (open) words.push(word);
  return words;
}
