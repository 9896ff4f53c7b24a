/**
 * Makes the check that a factory hands out. Invariant: a violation names the nodes of the operations that show it, and
 * a check whose operations a history does not have is not silently satisfied.
 */
import type { History, Operation } from '../../history/history.js';
import { closestName } from '../../input/closest-name.js';
import { oneOf, quote, suggestion } from '../../input/parsed.js';
import type { Check, Finding } from '../check.js';
import { expectDistinct, namesOf, type OperationNames, type ReadyOptions } from './options.js';

export interface Draft {
  /** Such as `fifoQueue`. */
  readonly factory: string;
  readonly options: ReadyOptions;
  /** Unless the options say otherwise. */
  readonly name: string;
  readonly description: string;
  /** The operations that it is about, by option; one that is not given is left out. */
  readonly roles: Readonly<Record<string, OperationNames | undefined>>;
  /** Undefined where nothing is wrong. */
  readonly judge: (history: History) => Finding | undefined;
}

/** @throws InputError where one operation plays two parts */
export function readyCheck({ factory, options, name, description, roles, judge }: Draft): Check {
  expectDistinct(factory, roles);
  const names = Object.values(roles).flatMap(namesOf);
  return {
    name: options.name ?? name,
    description: options.description ?? description,
    ...(options.whenAbsent === 'satisfied' ? {} : { operations: names }),
    check(history) {
      const finding = judge(history) ?? { verdict: 'satisfied' };
      if (finding.verdict === 'violated') return withNodes(finding, history);
      if (finding.verdict === 'inconclusive' || options.whenAbsent === 'satisfied') return finding;
      return absenceOf(names, history) ?? finding;
    },
  };
}

/** A violation by these operations. */
export function violated(
  message: string,
  operations: readonly (Operation | string | undefined)[],
  revisions: readonly number[] = [],
): Finding {
  const ids = operations.flatMap((one) => (one === undefined ? [] : typeof one === 'string' ? one : one.id));
  return {
    verdict: 'violated',
    message,
    operations: [...new Set(ids)],
    revisions: [...new Set(revisions)].sort((one, other) => one - other),
  };
}

export function inconclusive(reason: string): Extract<Finding, { readonly verdict: 'inconclusive' }> {
  return { verdict: 'inconclusive', reason };
}

/**
 * Either none of the names is there, or one is not and another name that is looks like it. What a plan merely did not
 * draw is no mistake.
 */
function absenceOf(names: readonly string[], { operations }: History): Finding | undefined {
  const present = new Set(operations.map((operation) => operation.name));
  const absent = names.filter((name) => !present.has(name));
  if (present.size === 0 || absent.length === 0) return undefined;
  const others = [...present].filter((name) => !names.includes(name));
  const mistyped = absent.find((name) => closestName(name, others) !== undefined);
  if (absent.length < names.length && mistyped === undefined) return undefined;
  const missing = mistyped === undefined ? absent : [mistyped];
  const there = [...present].map((name) => quote(name)).join(', ');
  const { reason } = inconclusive(
    `expected an operation named ${oneOf(missing.map((name) => quote(name)))}, got only ${there}${suggestion(mistyped ?? '', others)}`,
  );
  return { verdict: 'inconclusive', reason, absent: missing };
}

type Violation = Extract<Finding, { readonly verdict: 'violated' }>;

/** So many operations are placed with their nodes; a witness is rarely larger. */
const PLACED_MAX = 6;

/** Says in whose operations: `(pop-1 by c1, pop-2 by c2)`, but for ids that begin with their node. */
function withNodes(finding: Violation, { operations }: History): Violation {
  const nodes = new Map(operations.map(({ id, node }) => [id, node]));
  const placed = finding.operations.flatMap((id) => {
    const node = nodes.get(id);
    return node === undefined || tellsNode(id, node) ? [] : [`${id} by ${node}`];
  });
  if (placed.length === 0) return finding;
  const more = placed.length > PLACED_MAX ? ', …' : '';
  return { ...finding, message: `${finding.message} (${placed.slice(0, PLACED_MAX).join(', ')}${more})` };
}

function tellsNode(id: string, node: string): boolean {
  return id.startsWith(node) && !/^[\p{L}\p{N}]/u.test(id.slice(node.length));
}
