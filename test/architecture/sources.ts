/** The project's own TypeScript, read once for the tests of the architecture. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

export const root = path.resolve(import.meta.dirname, '../..');

export interface SourceFile {
  /** From the root, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** Every code file of ours, sorted. */
export const sources: readonly SourceFile[] = [
  'src',
  'sim',
  'scenarios',
  'bench',
  'test',
  'tools',
  'reports/app',
]
  .flatMap((folder) => list(folder))
  .sort()
  .map((file) => ({ path: file, text: readFileSync(path.join(root, file), 'utf8') }));

function list(folder: string): string[] {
  if (!existsSync(path.join(root, folder))) return [];
  return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((file) => `${folder}/${file.split(path.sep).join('/')}`)
    .filter((file) => /\.(ts|js|mjs)$/.test(file) && !file.includes('/node_modules/'));
}

/** One import, export from, dynamic import or type import. */
export interface Import {
  readonly from: string;
  /** A path from the root for our files, otherwise the name of a package or built-in module. */
  readonly to: string;
  readonly typeOnly: boolean;
  readonly line: number;
}

/** The imports of a file. */
export function importsOf(source: SourceFile): Import[] {
  const tree = parse(source);
  const imports: Import[] = [];
  const add = (specifier: ts.Node | undefined, typeOnly: boolean) => {
    if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return;
    const line = tree.getLineAndCharacterOfPosition(specifier.getStart(tree)).line + 1;
    imports.push({ from: source.path, to: resolve(source.path, specifier.text), typeOnly, line });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, isTypeOnly(node));
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
      add(node.argument.literal, true);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node.arguments[0], false);
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return imports;
}

export function parse(source: SourceFile): ts.SourceFile {
  return ts.createSourceFile(source.path, source.text, ts.ScriptTarget.ES2023, true);
}

function isTypeOnly({ importClause }: ts.ImportDeclaration): boolean {
  if (importClause === undefined) return false;
  if (importClause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const bindings = importClause.namedBindings;
  if (importClause.name !== undefined || bindings === undefined || !ts.isNamedImports(bindings)) return false;
  return bindings.elements.length > 0 && bindings.elements.every((element) => element.isTypeOnly);
}

function resolve(from: string, specifier: string): string {
  if (!specifier.startsWith('.')) return specifier;
  return path.posix.join(path.posix.dirname(from), specifier).replace(/\.js$/, '.ts');
}

/** The cycles of a directed graph: for each group of nodes that reach one another, its nodes. */
export function cyclesOf(edges: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const reach = (start: string): Set<string> => {
    const seen = new Set<string>();
    const pending = [...(edges.get(start) ?? [])];
    for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
      if (seen.has(node)) continue;
      seen.add(node);
      pending.push(...(edges.get(node) ?? []));
    }
    return seen;
  };
  const reached = new Map([...edges.keys()].map((node) => [node, reach(node)]));
  const groups = new Set<string>();
  for (const [node, others] of reached) {
    if (!others.has(node)) continue;
    const group = [...others].filter((other) => reached.get(other)?.has(node) === true);
    groups.add(group.sort().join(' '));
  }
  return [...groups].map((group) => group.split(' '));
}
