/** Calls between nodes, as a story tells them. Invariant: only those of operations that the check names, the last ones of each. */
import type { NodeCall } from '../../history/incidents.js';
import { WEIGHTS, type PastStep, type RecordedRun } from './recorded-run.js';
import type { RunIndex } from './run-index.js';

/** Of one operation at most so many calls count, the last ones. */
const CALLS_MAX = 3;
const ERROR_MAX = 80;

/** The calls to other nodes that these operations made. */
export function callsServed({ incidents = [] }: RecordedRun, operations: readonly string[]): NodeCall[] {
  const ids = new Set(operations);
  const calls = incidents.filter((one): one is NodeCall => one.kind === 'node call');
  return [...ids].flatMap((id) => calls.filter(({ operation }) => operation === id).slice(-CALLS_MAX));
}

/** @param untilUs when the last of what the check names was over */
export function stepsOfNodeCalls(
  { run }: RunIndex,
  named: ReadonlySet<string>,
  untilUs: number,
): [string, PastStep][] {
  return callsServed(run, [...named])
    .filter(({ at }) => at.timeUs <= untilUs)
    .map((call) => {
      const { node, operation, to, method, at, answered, error } = call;
      const ending =
        error === undefined ? (answered ? '' : ', and was not answered') : `: ${shortened(error)}`;
      const step: PastStep = {
        ...{
          moment: at,
          node,
          ...(operation === undefined ? {} : { operation }),
          kind: 'called',
          ofWitness: true,
        },
        what: `called ${method} of ${to}${ending}`,
        weight: WEIGHTS.wrote + WEIGHTS.ofWitness + (answered ? 0 : WEIGHTS.unanswered),
      };
      return [`called ${at.order}`, step];
    });
}

function shortened(text: string): string {
  return text.length > ERROR_MAX ? `${text.slice(0, ERROR_MAX)}…` : text;
}
