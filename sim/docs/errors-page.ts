/** `docs/errors.md`: every error of the registry. Invariant: none is left out, whichever file declares it. */
import { ALL_ERRORS, CODE, type ErrorEntry } from '../etcd/errors.js';
import { ADMIN_ERRORS } from '../etcd/errors/admin-errors.js';
import { AUTH_ERRORS } from '../etcd/errors/auth-errors.js';
import { CONCURRENCY_ERRORS } from '../etcd/errors/concurrency-errors.js';
import { KV_ERRORS } from '../etcd/errors/kv-errors.js';
import { TRANSPORT_ERRORS } from '../etcd/errors/transport-errors.js';
import { table } from './table.js';

interface Group {
  readonly title: string;
  readonly errors: Readonly<Record<string, ErrorEntry>>;
}

/** The files of the registry, the most common ones first. */
const GROUPS: readonly Group[] = [
  { title: 'Keys, leases and watches', errors: KV_ERRORS },
  { title: 'Locks and elections', errors: CONCURRENCY_ERRORS },
  { title: 'Members, users and versions', errors: ADMIN_ERRORS },
  { title: "Users, without etcd's codes", errors: AUTH_ERRORS },
  { title: 'gRPC itself', errors: TRANSPORT_ERRORS },
];

const INTRODUCTION = `<!-- Made by \`npm run docs\` from sim/etcd/errors/; a test compares. -->

# Errors

These are all errors that a client of the in-memory etcd can get, with etcd's own codes and texts. The checkers use the
same registry to decide what an error means for a write:

- **definite**: the write did not happen and never will. **indefinite**: it may have happened, or may still happen.
- **request**: every attempt of the same request gets the same answer. **state**: the answer depends on the state of the
  cluster. An earlier attempt may have been applied, and may even have caused the refusal. If a client retries by itself,
  as etcd3 does, treat a definite answer that depends on the state as indefinite.

An ellipsis means that the text continues. An error that is not listed is indefinite.
`;

export function errorsPage(): string {
  const groups = [...GROUPS, { title: 'Others', errors: ungrouped() }]
    .filter(({ errors }) => Object.keys(errors).length > 0)
    .map(({ title, errors }) => `## ${title}\n\n${tableOf(Object.values(errors))}\n`);
  return [INTRODUCTION, ...groups].join('\n');
}

/** Errors from a file of the registry that has no title here. */
function ungrouped(): Readonly<Record<string, ErrorEntry>> {
  const grouped = new Set(GROUPS.flatMap(({ errors }) => Object.values(errors)));
  return Object.fromEntries(
    ALL_ERRORS.filter((entry) => !grouped.has(entry)).map((entry) => [entry.name, entry]),
  );
}

function tableOf(entries: readonly ErrorEntry[]): string {
  const head = ['name', 'code', 'text', 'a write', 'depends on', 'meaning'];
  return table(
    head,
    entries.map(({ name, code, text, textIs, definiteness, dependsOn, meaning }) => [
      name,
      nameOfCode(code),
      textIs === 'whole' ? `\`${text}\`` : `\`${text.trimEnd()}\`…`,
      definiteness,
      dependsOn,
      meaning,
    ]),
  );
}

/** Such as `INVALID_ARGUMENT`, as gRPC writes it. */
function nameOfCode(code: number): string {
  const [name] = Object.entries(CODE).find(([, number]) => number === code) ?? [String(code)];
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}
