/**
 * `docs/versions.md`: the differences between versions of etcd, from the table that the in-memory etcd uses.
 * Invariant: every rule has a row, with the text of the rule's own comment.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { etcdVersions, VERSIONS, type VersionRules } from '../etcd/version.js';
import { table } from './table.js';

interface Group {
  readonly title: string;
  /** The files that declare the rules, from the root of the project. */
  readonly source: string;
  rulesOf(version: VersionRules): object;
}

const GROUPS: readonly Group[] = [
  { title: 'Keys, watches, messages, members', source: 'sim/etcd/version.ts', rulesOf: (rules) => rules },
  {
    title: 'Users, roles and permissions',
    source: 'sim/etcd/auth/rules.ts',
    rulesOf: ({ auth }) => auth,
  },
  {
    title: 'Maintenance and Cluster',
    source: 'sim/etcd/maintenance/rules.ts',
    rulesOf: ({ maintenance }) => maintenance,
  },
  { title: 'Metrics', source: 'sim/etcd/metrics/rules.ts', rulesOf: ({ metrics }) => metrics },
];

const INTRODUCTION = `<!-- Made by \`npm run docs\` from sim/etcd/version.ts and the rules it names; a test compares. -->

# Versions of etcd

The in-memory etcd behaves like 3.4, 3.5, 3.6 (the default) or 3.7, as you choose with \`--etcd-version\`. This page lists
the modelled differences that a client can see. Each was measured against the release in the first row.
\`sim conformance\` looks for others ([conformance](conformance.md)).
`;

/** @param root of the project that contains the sources */
export function versionsPage(root: string): string {
  const groups = GROUPS.map(({ title, source, rulesOf }) => {
    const declared = rulesIn(readFileSync(path.join(root, source), 'utf8'));
    const rows = declared.map(({ name, meaning }) => [
      name,
      meaning,
      ...etcdVersions.map((version) => wordOf((rulesOf(VERSIONS[version]) as Record<string, unknown>)[name])),
    ]);
    return `## ${title}\n\n${table(['rule', 'meaning', ...etcdVersions], rows)}\n`;
  });
  return [INTRODUCTION, ...groups].join('\n');
}

/** The rules that an interface declares, with their comments. */
function rulesIn(source: string): readonly { readonly name: string; readonly meaning: string }[] {
  const declarations = source.matchAll(/^ {2}\/\*\*((?:(?!\*\/)[^])*)\*\/\n {2}readonly (\w+):/gm);
  return Array.from(declarations, ([, comment = '', name = '']) => ({
    name,
    meaning: comment.replaceAll(/\s*\n\s*\*?\s*/g, ' ').trim(),
  }));
}

/** A longer list is only counted. */
const LIST_MAX = 4;

function listOf(items: readonly unknown[]): string {
  if (items.length > LIST_MAX) return `${items.length} of them`;
  return items.length === 0 ? 'none' : items.join(', ');
}

function wordOf(value: unknown): string {
  if (value === true) return 'yes';
  if (value === false) return 'no';
  if (Array.isArray(value)) return listOf(value);
  return value === '' ? 'nothing' : value === ' ' ? 'a space' : String(value);
}
