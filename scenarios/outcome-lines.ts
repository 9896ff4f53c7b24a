/** How the operations of a run ended: a line for each kind and each outcome that occurred. */
import type { History } from '../sim/history/history.js';
import type { SummaryLine } from '../sim/scenario/scenario.js';

export function outcomeLines({ operations }: History, names: readonly string[]): SummaryLine[] {
  return names.flatMap((name) => {
    const own = operations.filter((operation) => operation.name === name);
    return ['ok', 'failed', 'indefinite'].map((kind) => ({
      label: `${name} ${kind}`,
      value: String(own.filter(({ outcome }) => (outcome?.kind ?? 'indefinite') === kind).length),
    }));
  });
}
