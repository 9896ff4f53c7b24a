/**
 * The habits that a machine can check: files that introduce themselves, stay small and leave nothing
 * unfinished.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { parse, root, sources, type SourceFile } from './sources.js';

const LINES_MAX = 400;

/** Written in pieces, so that this file does not find itself. */
const leftovers = new RegExp(
  `\\b(${['TO', 'FIX', 'X', 'HA'].map((a, i) => a + ['DO', 'ME', 'XX', 'CK'][i]).join('|')})\\b`,
);
const unfinished = /not (yet )?implemented|\bplaceholder implementation\b|coming soon/i;
const machinePaths = new RegExp(
  `(^|['"\`\\s(=])/(${['home', 'root', 'work', 'Users', 'tmp', 'opt'].join('|')})/\\w`,
);

/** Abbreviations of words that should be written out. */
const abbreviations = new Set(
  'ctx cfg opts msg msgs req res resp err errs cb idx tmp val vals arr str curr evt elem btn cnt num desc impl'.split(
    ' ',
  ),
);

const ours = sources.filter(({ path: file }) => !file.endsWith('.config.js'));
const production = sources.filter(({ path: file }) => !file.startsWith('test/'));

function linesMatching(list: readonly SourceFile[], pattern: RegExp): string[] {
  return list.flatMap((source) =>
    source.text
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${source.path}:${index + 1} ${line.trim()}`] : [])),
  );
}

describe('every source file', () => {
  // In a test file the test names say what it is for.
  it('opens with a paragraph that states its purpose, unless it is a test', () => {
    const silent = ours
      .filter(({ path: file }) => !file.endsWith('.test.ts'))
      .filter(({ text }) => !/^(#!.*\n)?\/\*\*\s+(\* )?\S[\s\S]{20,}?\*\/\n/.test(text));
    expect(silent.map((source) => source.path)).toEqual([]);
  });

  it(`has at most ${LINES_MAX} lines`, () => {
    const long = ours.map(({ path: file, text }) => ({ file, lines: text.split('\n').length - 1 }));
    expect(long.filter(({ lines }) => lines > LINES_MAX)).toEqual([]);
  });

  it('ends with one line break, and no line ends with a space', () => {
    expect(sources.filter(({ text }) => !/[^\n]\n$/.test(text)).map((source) => source.path)).toEqual([]);
    expect(linesMatching(sources, /[ \t]$/)).toEqual([]);
  });

  it('leaves no work undone', () => {
    expect(linesMatching(sources, leftovers)).toEqual([]);
    expect(linesMatching(production, unfinished)).toEqual([]);
  });

  it('names no path of one machine', () => {
    expect(linesMatching(sources, machinePaths)).toEqual([]);
  });

  it('writes words out', () => {
    expect(production.flatMap(shortNames)).toEqual([]);
  });

  it('gives a reason with every suppressed rule', () => {
    expect(linesMatching(sources, /^\s*(\/\/|\/\*) *eslint-disable(?!.* -- \S)/)).toEqual([]);
    expect(linesMatching(production, /@ts-(ignore|nocheck|expect-error)/)).toEqual([]);
  });
});

/** The abbreviations among the names that a file declares. */
function shortNames(source: SourceFile): string[] {
  const tree = parse(source);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const declares =
      ts.isVariableDeclaration(node) ||
      ts.isParameter(node) ||
      ts.isBindingElement(node) ||
      ts.isPropertyDeclaration(node) ||
      ts.isPropertySignature(node) ||
      ts.isFunctionDeclaration(node) ||
      ts.isMethodDeclaration(node);
    const name = declares ? node.name : undefined;
    if (name !== undefined && (ts.isIdentifier(name) || ts.isPrivateIdentifier(name))) {
      const text = name.text.replace(/^[#_]/, '');
      if (abbreviations.has(text)) {
        const { line } = tree.getLineAndCharacterOfPosition(name.getStart(tree));
        found.push(`${source.path}:${line + 1} ${text}`);
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

interface Manifest {
  readonly engines: { readonly node: string };
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

interface Lock {
  readonly packages: Readonly<Record<string, { readonly hasInstallScript?: boolean }>>;
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(path.join(root, file), 'utf8'));
}

describe('package.json', () => {
  const manifest = readJson('package.json') as Manifest;
  const lock = readJson('package-lock.json') as Lock;
  const direct = { ...manifest.dependencies, ...manifest.devDependencies };

  it('pins every dependency to one version', () => {
    // A project with a newer one must not get two: etcd3 would use the other (sim/backend/one-grpc.ts).
    const shared = '@grpc/grpc-js';
    const loose = Object.entries(direct).filter(
      ([name, version]) => name !== shared && !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version),
    );
    expect(loose).toEqual([]);
  });

  it('has no dependency that runs a script when it is installed, except known harmless ones', () => {
    const known: Readonly<Record<string, string>> = {
      protobufjs: 'prints a warning where its version is pinned in an unusual way, and does nothing else',
    };
    const withScript = Object.keys(direct).filter(
      (name) => lock.packages[`node_modules/${name}`]?.hasInstallScript === true,
    );
    expect(withScript.filter((name) => !Object.hasOwn(known, name))).toEqual([]);
  });

  it('requires the Node.js that sim doctor requires', async () => {
    const { NODE_VERSION_MIN } = await import('../../sim/cli/commands/doctor-command.js');
    expect(manifest.engines.node).toBe(`>=${NODE_VERSION_MIN}`);
  });
});
