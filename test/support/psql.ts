/** The stock psql as a client. */
import { spawn, spawnSync } from 'node:child_process';

/** True when psql is installed. */
export function hasPsql(): boolean {
  return spawnSync('psql', ['--version']).status === 0;
}

export interface PsqlResult {
  /** What psql printed for results, as a person sees it. */
  readonly output: string;
  /** Notices and errors as psql prints them. */
  readonly messages: string;
  /** True when every statement succeeded. */
  readonly ok: boolean;
}

/** Runs a script through one psql session; it stops at the first error. */
export function psql(
  url: string,
  script: string,
  flags: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<PsqlResult> {
  const child = spawn('psql', ['-X', '-v', 'ON_ERROR_STOP=1', ...flags, url], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, PAGER: '', PGCONNECT_TIMEOUT: '10', ...env },
  });
  let output = '';
  let messages = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (messages += text));
  // psql may end before it has read everything, when it cannot connect.
  child.stdin.on('error', () => undefined);
  child.stdin.end(script);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ output, messages, ok: code === 0 }));
  });
}

const SEPARATOR = '\u001f';

/** Rows of one query as texts; NULL is the empty text. Throws psql's message. */
export async function psqlRows(url: string, query: string): Promise<readonly (readonly string[])[]> {
  const result = await psql(url, query, ['-A', '-t', '-q', '-F', SEPARATOR, '-R', '\u001e']);
  if (!result.ok) throw new Error(`${query}\n${result.messages}`);
  const text = result.output.replace(/\n$/, '');
  return text === '' ? [] : text.split('\u001e').map((row) => row.replace(/^\n|\n$/g, '').split(SEPARATOR));
}
