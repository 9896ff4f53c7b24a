/**
 * What README and docs show is true. Every `npx sim` line runs and ends as stated, every piece of code is a
 * file that a test runs. Every output is the command's, and every link works. `npx vitest run
 * test/docs.test.ts -u` renews the outputs. Invariant: a block that is not run has the reason in the comment
 * before it.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { flags } from '../sim/cli/arguments/flags.js';
import { parseArguments } from '../sim/cli/arguments/parse-arguments.js';
import { simInProcess, type Shown } from './cli/in-process.js';
import {
  anchorsOf,
  blocksOf,
  cutOut,
  excerptOf,
  linesOf,
  linksOf,
  mentionsOf,
  pages,
  parseCommand,
  proseOf,
  root,
  textOf,
  type Block,
  type Command,
} from './docs/blocks.js';

const scratch = mkdtempSync(path.join(tmpdir(), 'etcd-sim-docs-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const blocks = pages.flatMap(blocksOf);
const examples = readdirSync(path.join(root, 'docs/examples'), { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.m?[jt]s$/.test(file))
  .map((file) => readFileSync(path.join(root, 'docs/examples', file), 'utf8'));

/** Pages that a room generates, each with the test that runs its code. */
const MADE_PAGES: Readonly<Record<string, string>> = { 'docs/checks.md': 'test/docs/checks-page.test.ts' };

/** The reason why a block is not run, or the test that runs it. */
function isExcused({ note, page }: Block): boolean {
  const runner = MADE_PAGES[page];
  if (runner !== undefined) return existsSync(path.join(root, runner));
  const [, test = ''] = /^run by (test\/\S+)$/.exec(note) ?? [];
  return /^not run: \S/.test(note) || (test !== '' && existsSync(path.join(root, test)));
}

const shown = blocks.filter((block) => block.language === 'sh' && !isExcused(block));
const commands = new Map<string, Command>();
for (const line of shown.flatMap(linesOf)) {
  const command = parseCommand(line);
  if (command !== undefined) commands.set(command.line, command);
}

const done = new Map<string, Promise<Shown>>();

/** Runs a command once, however many pages show it. */
function run({ words }: Command): Promise<Shown> {
  const key = words.join(' ');
  const running = done.get(key) ?? start(words, quoted.has(key));
  done.set(key, running);
  return running;
}

function start(words: readonly string[], isQuoted: boolean): Promise<Shown> {
  const isRun = words[0]?.startsWith('-') === true;
  const argv = [
    ...words,
    ...(isRun || words[0] === 'replay' ? ['--out', path.join(scratch, 'out')] : []),
    // Without a reader, the cause of a failure need not be found.
    ...(isRun && !isQuoted ? ['--no-report', '--no-explain'] : []),
  ];
  // It starts another process of itself.
  if (!words.includes('--check-determinism')) return simInProcess(argv, root);
  const child = spawnSync(process.execPath, ['dist/scenarios/main.js', ...argv], {
    cwd: root,
    encoding: 'utf8',
  });
  return Promise.resolve({ code: child.status ?? -1, stdout: child.stdout, stderr: child.stderr });
}

/** Blocks with a part of the output of the previous block's command. */
const outputs = blocks.flatMap((block, index) => {
  const excerpt = excerptOf(block);
  if (excerpt === undefined) return [];
  const [line = ''] = linesOf(blocks[index - 1] ?? block).slice(-1);
  const command = parseCommand(line);
  if (command === undefined)
    throw new Error(`${block.page}: expected a npx sim line before the output, got ${line}`);
  return [{ block, excerpt, command }];
});
const quoted = new Set(outputs.map(({ command }) => command.words.join(' ')));

describe('the commands of README and docs', () => {
  it('are all run, or have a reason why not', () => {
    const others = shown.flatMap((block) =>
      linesOf(block)
        .filter((line) => parseCommand(line) === undefined)
        .map((line) => `${block.page}: ${line}`),
    );
    expect(others).toEqual([
      'README.md: npm ci && npm run build && npx sim --seed 42 --scenario bank',
      'README.md: npm ci && npm test',
    ]);
  });

  it('are not those of the track record, which has a test of its own', () => {
    const record = [...textOf('docs/track-record.md').matchAll(/^ {4}sim (.*?)(?: # .*)?$/gm)];
    const shownHere = new Set([...commands.values()].map(({ words }) => words.join(' ')));
    expect(record.map(([, words = '']) => words).filter((words) => shownHere.has(words))).toEqual([]);
  });

  it.each(pages)('in sentences of %s have existing flags', (page) => {
    for (const words of mentionsOf(page)) {
      const { given } = parseArguments(words);
      for (const [key, texts] of given) {
        for (const { text } of texts) {
          if (flags[key].placeholder === undefined || /^[A-Z]+$/.test(text)) continue;
          expect({ words, parsed: flags[key].parse(text).kind }).toEqual({ words, parsed: 'ok' });
        }
      }
    }
  });

  it.each([...commands.values()].map((command) => [command.line, command] as const))(
    '`%s`',
    async (_, command) => {
      const { code, stdout, stderr } = await run(command);
      expect(code, stdout + stderr).toBe(command.code);
    },
  );
});

describe('the shown outputs', () => {
  const those = pages.filter((page) => outputs.some(({ block }) => block.page === page));
  it.each(those)('in %s come from the commands', async (page) => {
    let text = textOf(page);
    for (const { block, excerpt, command } of outputs.filter((output) => output.block.page === page)) {
      const output = cutOut((await run(command)).stdout, excerpt);
      text = text.replace(
        `${block.note} -->\n\n\`\`\`${block.language}\n${block.text}`,
        () => `${block.note} -->\n\n\`\`\`${block.language}\n${output}`,
      );
    }
    await expect(text).toMatchFileSnapshot(path.join(root, page));
  });
});

describe('the code of README and docs', () => {
  it('is a file under docs/examples, or has a reason why not', () => {
    const strangers = blocks.filter(
      (block) =>
        ['js', 'ts', 'mjs'].includes(block.language) && !isExcused(block) && !examples.includes(block.text),
    );
    expect(strangers.map(({ page, text }) => `${page}: ${text}`)).toEqual([]);
  });

  const library = readdirSync(path.join(root, 'docs/examples/library')).filter((file) =>
    file.endsWith('.mjs'),
  );
  it.each(library)('runs: docs/examples/library/%s', (file) => {
    const child = spawnSync(process.execPath, [path.join(root, 'docs/examples/library', file)], {
      cwd: scratch,
      encoding: 'utf8',
    });
    expect(child.status, child.stdout + child.stderr).toBe(0);
  });

  it('appears only in checked blocks', () => {
    const kinds = new Set(['sh', 'js', 'ts', 'mjs', 'console']);
    const others = blocks.filter(
      (block) => !kinds.has(block.language) && !isExcused(block) && excerptOf(block) === undefined,
    );
    expect(others.map(({ page, text }) => `${page}: ${text}`)).toEqual([]);
    const indented = pages
      .filter((page) => page !== 'docs/track-record.md')
      .flatMap((page) => [...proseOf(page).matchAll(/\n\n {4}\S.*/g)].map(([line]) => `${page}: ${line}`));
    expect(indented).toEqual([]);
  });
});

describe('the pages', () => {
  it.each(pages)('%s has working links', (page) => {
    const broken = linksOf(page).filter((link) => {
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? page : path.join(path.dirname(page), file);
      if (!existsSync(path.join(root, target))) return true;
      return anchor !== undefined && !anchorsOf(target).includes(anchor);
    });
    expect(broken).toEqual([]);
  });

  it.each(pages)('%s names existing files', (page) => {
    const named = [
      ...proseOf(page).matchAll(/`((?:sim|src|scenarios|test|bench|docs|tools|reports)\/[\w./-]*)`/g),
    ];
    const missing = named.map(([, file = '']) => file).filter((file) => !existsSync(path.join(root, file)));
    expect(missing.filter((file) => !/^reports\/(latest|corpus|<)/.test(file))).toEqual([]);
  });

  it('of docs/ are all in its index', () => {
    const listed = linksOf('docs/README.md').map((link) => `docs/${link}`);
    expect(
      pages.filter((page) => page.startsWith('docs/') && page !== 'docs/README.md' && !listed.includes(page)),
    ).toEqual([]);
  });
});
