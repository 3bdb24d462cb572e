/** The main job as a transcript on standard output. */
import { startStage, STEPS, type Stage, type Teller } from './rotation.ts';
import type { PsqlResult } from './psql.ts';

const teller: Teller = {
  say: (text) => print(`-- ${text}`),
  ran: (prompt, script, result) => print(session(prompt, script, result)),
};

function print(text: string): void {
  process.stdout.write(`${text}\n\n`);
}

/** The script behind psql's prompts, then what psql printed. */
function session(prompt: string, script: string, { output, messages }: PsqlResult): string {
  let fresh = true;
  const typed = script
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const mark = fresh ? '=>' : '->';
      fresh = line.trimEnd().endsWith(';');
      return `${prompt}${mark} ${line}`;
    });
  return [...typed, output.trimEnd(), messages.trimEnd().replaceAll(/^psql:<stdin>:\d+: /gm, '')]
    .filter((part) => part !== '')
    .join('\n');
}

/** Plays all steps; the promise rejects at the first thing that is not as it should be. */
export async function demo(): Promise<void> {
  const begun = performance.now();
  let stage: Stage | undefined;
  const interrupted = (): void => {
    void (stage?.stop() ?? Promise.resolve()).finally(() => process.exit(130));
  };
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  try {
    stage = await startStage(teller);
    for (const [i, step] of STEPS.entries()) {
      print(`== ${i + 1}. ${step.title}`);
      await step.run(stage);
    }
    print(
      `== Done in ${((performance.now() - begun) / 1000).toFixed(1)} s. Everything is stopped and removed.`,
    );
  } finally {
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
    await stage?.stop();
  }
}
