/** The README says what is so: what it lists is held against where it comes from. */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { SERVICES } from '../src/aws/services.ts';
import { envName, SETTINGS } from '../src/config.ts';
import { start } from '../src/index.ts';
import { hasPsql } from './support/psql.ts';

const README = readFileSync('README.md', 'utf8');

/** Text between a heading and the next one of its level. */
function section(heading: string): string {
  const parts = README.split(/^(?=## )/m);
  return parts.find((part) => part.startsWith(`## ${heading}\n`)) ?? '';
}

/** Cells of the rows of a table, by the first word of its header. */
function table(text: string, header: string): readonly (readonly string[])[] {
  const lines = text.split('\n');
  const from = lines.findIndex((line) => line.startsWith(`| ${header} |`));
  const rows: (readonly string[])[] = [];
  for (const line of lines.slice(from + 2)) {
    if (!line.startsWith('|')) break;
    rows.push(
      line
        .slice(1, -1)
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim()),
    );
  }
  return from === -1 ? [] : rows;
}

/** Words in backquotes. */
const quoted = (text: string): string[] => [...text.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');

/** A psql session of the README as what was typed and what came back, without spaces at the ends of lines. */
function transcript(text: string): readonly { readonly typed: string; readonly printed: string }[] {
  return text
    .split(/^materialize=> /m)
    .slice(1)
    .map((part) => {
      const [typed = '', ...printed] = part.split('\n');
      return { typed, printed: printed.join('\n').trimEnd() };
    });
}

/** One statement through psql: results and messages as a terminal shows them. */
async function psql(url: string, statement: string): Promise<string> {
  const { stdout } = await promisify(execFile)(
    'sh',
    ['-c', 'exec psql -X "$0" -c "$1" 2>&1', url, statement],
    {
      env: { ...process.env, PGOPTIONS: '--welcome_message=off', PAGER: '' },
    },
  );
  return stdout.replaceAll(/ +$/gm, '').trimEnd();
}

describe('README.md', () => {
  it.skipIf(!hasPsql())('shows a psql session that happens just so', async () => {
    const session = /^```\n(materialize=> CREATE SECRET[\s\S]*?)```/m.exec(
      section('A rotation, rehearsed'),
    )?.[1];
    const steps = transcript(session ?? '');
    expect(steps.length).toBeGreaterThan(5);
    const tumbler = await start();
    try {
      for (const { typed, printed } of steps) {
        expect(await psql(tumbler.connectionString, typed), typed).toBe(printed);
      }
    } finally {
      await tumbler.stop();
    }
  });

  it('lists every setting with its variable, default and meaning', () => {
    const expected = SETTINGS.map((s) => [
      s.envOnly === true ? '' : `\`--${s.flag} ${s.value.replaceAll('|', '\\|')}\``,
      `\`${envName(s)}\``,
      s.initial === '' ? '' : `\`${s.initial}\``,
      s.meaning,
    ]);
    expect(table(section('Settings'), 'flag')).toEqual(expected);
  });

  it('gives a reason for every package', () => {
    const { dependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as Record<
      string,
      Readonly<Record<string, string>>
    >;
    const named = (header: string): string[] =>
      table(section('Dependencies'), header).flatMap(([names = '']) => quoted(names));
    expect(named('package')).toEqual(Object.keys(dependencies ?? {}));
    expect(named('package for development').sort()).toEqual(Object.keys(devDependencies ?? {}).sort());
  });

  it('lists every room, in the order that scripts/tidy.js holds them to', () => {
    const rooms = readdirSync('src', { withFileTypes: true })
      .filter((entry) => !entry.name.endsWith('.test.ts'))
      .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name));
    const listed = table(section('Architecture'), 'room').flatMap(([name = '']) => quoted(name));
    expect(listed.toSorted()).toEqual(rooms.toSorted());

    const order =
      /^const ROOMS = \[$([\s\S]*?)^\];$/m.exec(readFileSync('scripts/tidy.js', 'utf8'))?.[1] ?? '';
    const held = [...order.matchAll(/'([^']+)'/g)]
      .map(([, name = '']) => name)
      // A file below the rest of its room.
      .filter((name) => !name.includes('/'));
    expect(listed.map((name) => name.replace(/\/$/, ''))).toEqual(held);
  });

  it('lists every AWS operation', () => {
    const rows = table(section('AWS'), 'service').map(
      ([signingName = '', operations = '']) => [signingName, operations.split(', ').toSorted()] as const,
    );
    const served = SERVICES.map(
      ({ signingName, operations }) =>
        [
          `\`${signingName}\``,
          Object.keys(operations)
            .filter((name) => operations[name]?.unsupported !== true)
            .toSorted(),
        ] as const,
    );
    expect(rows).toEqual(served);
  });

  it('shows the example that test/embedding.test.ts runs', () => {
    const example = /```ts\n([\s\S]*?)```/.exec(section('In a test suite'))?.[1];
    expect(example).toBe(readFileSync('test/embedding.test.ts', 'utf8'));
  });

  it('names files and commands that are there', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      readonly scripts: Readonly<Record<string, string>>;
    };
    for (const [, script = ''] of README.matchAll(/npm run ([a-z:]+)/g)) {
      expect(Object.keys(scripts)).toContain(script);
    }
    const paths = quoted(README).filter((word) => /^(src|test|scripts|bench|\.ci)\/[\w./-]*$/.test(word));
    for (const path of paths) expect(() => readdirSync(path), path).not.toThrow(/ENOENT/);
  });
});
