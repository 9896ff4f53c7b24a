/**
 * A run's summary in the scenario's words. Invariant: it is lines of text, or a sentence that names the
 * invalid value.
 */
import { describeValue } from '../input/describe-value.js';
import type { SummaryLine } from './scenario.js';

/** The lines. @throws TypeError if the scenario returned something else */
export function expectSummary(summary: unknown): readonly SummaryLine[] {
  if (!Array.isArray(summary)) throw wrong('a list of lines', summary);
  return summary.map((line: unknown) => {
    const { label, value } = (typeof line === 'object' && line !== null ? line : {}) as Partial<
      Record<string, unknown>
    >;
    if (typeof label !== 'string') throw wrong('lines with a label and a value', line);
    // Most lines contain numbers.
    if (typeof value === 'number' || typeof value === 'bigint') return { label, value: String(value) };
    if (typeof value !== 'string') throw wrong(`a string as the value of ${describeValue(label)}`, value);
    return { label, value };
  });
}

function wrong(what: string, came: unknown): TypeError {
  return new TypeError(`expected ${what}, got ${describeValue(came)}`);
}
