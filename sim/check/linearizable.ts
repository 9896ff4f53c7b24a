/**
 * Whether the calls of any sequential type have an order that the type allows, and that keeps calls in order
 * if one ended before the other began. It is the search for every type without a checker of its own.
 * Invariant: it answers within its budget of time and memory, or says `inconclusive`. The answer depends only
 * on the history, never on the machine. A violation that a search through all orders can refute is not
 * reported as one.
 */
import type { Finding } from './check.js';
import { everyOrder } from './linearizable/every-order.js';
import {
  DEFAULT_SEARCH_BUDGET,
  Search,
  type SearchBudget,
  type SearchResult,
} from './linearizable/search.js';
import type { SequentialType, TimedCall } from './linearizable/sequential-type.js';

export type { SearchBudget } from './linearizable/search.js';
export type { SequentialType, TimedCall } from './linearizable/sequential-type.js';

export interface LinearizableRequest<State, Call> {
  readonly type: SequentialType<State, Call>;
  readonly calls: readonly TimedCall<Call>[];
  /**
   * Calls with different names do not affect one another, such as those of different keys; by default all
   * have one name.
   */
  readonly partOf?: (call: Call) => string;
  /** Its action and result, as in `read 4 from k1`; the id precedes it. */
  readonly describe: (call: Call) => string;
  readonly budget?: Partial<SearchBudget>;
}

/**
 * Judges each part separately. The answer is the first violation, or otherwise the first inconclusive part.
 */
export function checkLinearizable<State, Call>(request: LinearizableRequest<State, Call>): Finding {
  const parts = new Map<string, TimedCall<Call>[]>();
  for (const call of request.calls) {
    const name = request.partOf?.(call.call) ?? '';
    const part = parts.get(name);
    if (part === undefined) parts.set(name, [call]);
    else part.push(call);
  }
  const budget = { ...DEFAULT_SEARCH_BUDGET, ...request.budget };
  let stepsLeft = budget.stepsMax;
  let undecided: Finding | undefined;
  for (const [name, calls] of parts) {
    const where = name === '' ? '' : ` of ${name}`;
    const search = new Search(request.type, { ...budget, stepsMax: stepsLeft });
    const result = search.judge(calls);
    stepsLeft -= search.steps;
    switch (result.kind) {
      case 'possible':
        continue;
      case 'gave up':
        undecided ??= inconclusive(`the search through the orders${where} ${result.reason}`);
        continue;
      case 'impossible': {
        const finding = violation(request, where, calls, result);
        if (finding.verdict === 'violated') return finding;
        undecided ??= finding;
        continue;
      }
      default:
        result satisfies never;
    }
  }
  return undecided ?? { verdict: 'satisfied' };
}

/** The memory of the search that may refute a violation: with many unanswered calls it gives up. */
const CERTIFICATE_TEXT_MAX = 2_000_000;

/** How many concurrent and unanswered calls are named with the one that does not fit. */
const NAMED_MAX = 4;

/** The call that did not fit, with those under way and those just before it in one of the orders. */
function violation<State, Call>(
  { type, describe }: LinearizableRequest<State, Call>,
  where: string,
  calls: readonly TimedCall<Call>[],
  { call, before, underWay, open }: SearchResult<Call> & { readonly kind: 'impossible' },
): Finding {
  const message = `${call.id} (${describe(call.call)}) fits into no order${where}`;
  const end = call.return ?? Infinity;
  // A call that ended later counts as unanswered.
  const soFar = calls
    .filter(({ invoke }) => invoke <= end)
    .map((one) => ((one.return ?? Infinity) > end ? { ...one, return: undefined } : one));
  if (everyOrder(type, soFar, CERTIFICATE_TEXT_MAX) === 'possible') {
    return inconclusive(`bug in the checker: ${message}, yet an order exists`);
  }
  const others = [...open.slice(-NAMED_MAX), ...underWay.slice(-NAMED_MAX)].map(({ id }) => id);
  return {
    verdict: 'violated',
    message,
    operations: [...new Set([...before, ...others, call.id])],
    revisions: [],
  };
}

function inconclusive(reason: string): Finding {
  return { verdict: 'inconclusive', reason };
}
