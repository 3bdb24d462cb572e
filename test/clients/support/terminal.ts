/** A program in a terminal of its own (a pty, made by util-linux's `script`): what it shows when somebody types. */
import { spawn, spawnSync } from 'node:child_process';

/** Whether `script` is here to make terminals. */
export function hasTerminals(): boolean {
  return spawnSync('script', ['--version'], { stdio: 'ignore' }).status === 0;
}

export interface Terminal {
  /** Everything shown since the last {@link clear}. */
  shown(): string;
  clear(): void;
  type(keys: string): void;
  /** Waits until what is shown matches; throws with what is shown when it does not within some seconds. */
  until(pattern: RegExp): Promise<void>;
  close(): void;
}

const PATIENCE_MS = 20_000;
const LOOK_MS = 10;

/** Starts a shell command in a terminal that knows no colours or cursor movements. */
export function openTerminal(command: string, env: Readonly<Record<string, string>> = {}): Terminal {
  const child = spawn('script', ['-qefc', command, '/dev/null'], {
    env: { ...process.env, TERM: 'dumb', INPUTRC: '/dev/null', PAGER: '', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let shown = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (shown += text));
  }
  return {
    shown: () => shown,
    clear: () => (shown = ''),
    type: (keys) => child.stdin.write(keys),
    async until(pattern) {
      const deadline = Date.now() + PATIENCE_MS;
      while (!pattern.test(shown)) {
        if (Date.now() > deadline)
          throw new Error(`${String(pattern)} was not shown, but ${JSON.stringify(shown)}`);
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      }
    },
    close: () => child.kill('SIGHUP'),
  };
}
