/**
 * Whether the calls of any sequential type can be put into one order that the type allows and in which what ended
 * before something began comes first: the search for what no checker of its own kind judges. Invariant: it answers
 * within its budget of time and memory, or says `inconclusive`; the answer depends on the history alone, never on the
 * machine; and a violation that a search through all orders can refute is not reported as one.
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
  /** Calls with different names do not affect one another, such as those of different keys; all one by default. */
  readonly partOf?: (call: Call) => string;
  /** What it did and got, as in `read 4 from k1`; the id is put before it. */
  readonly describe: (call: Call) => string;
  readonly budget?: Partial<SearchBudget>;
}

/** Judges each part for itself; the first violation, or else the first that is inconclusive, is the answer. */
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

/** What the search that may refute a violation may remember: with many calls without an answer it gives up. */
const CERTIFICATE_TEXT_MAX = 2_000_000;

/** What of the calls that were under way, and of those without an answer, is named with what does not fit. */
const NAMED_MAX = 4;

/** What did not fit, with what was under way and what came just before it in one of the orders. */
function violation<State, Call>(
  { type, describe }: LinearizableRequest<State, Call>,
  where: string,
  calls: readonly TimedCall<Call>[],
  { call, before, underWay, open }: SearchResult<Call> & { readonly kind: 'impossible' },
): Finding {
  const message = `${call.id} (${describe(call.call)}) fits into no order${where}`;
  const end = call.return ?? Infinity;
  // What ended later may just as well never have ended.
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
