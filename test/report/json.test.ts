/** Results as JSON for machines. */
import { describe, expect, it } from 'vitest';
import { formatJson } from '../../sim/report/json.js';
import { explained } from './explanation-fixture.js';
import { buildRun, buildSweep } from './fixture.js';

/** The same data with the fields of every object in the opposite order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, item]) => [name, name === 'options' || name === 'counters' ? item : reversed(item)]),
  );
}

describe('JSON of a result', () => {
  it('is one line that reads back as the whole result', () => {
    const result = explained(buildRun({ violated: true, faults: true, nodeError: true, deadlockedNodes: 1 }));
    const json = formatJson(result);
    expect(json).not.toContain('\n');
    expect(JSON.parse(json)).toEqual(result);
  });

  it('does not depend on the order in which a result was built', () => {
    const result = buildRun({ violated: true, faults: true });
    expect(formatJson(reversed(result) as typeof result)).toBe(formatJson(result));
  });

  it('begins with the most important fields and ends with the long ones', () => {
    const fields = Object.keys(JSON.parse(formatJson(buildRun({ faults: true }))) as object);
    expect(fields).toMatchInlineSnapshot(`
      [
        "version",
        "backend",
        "verdict",
        "checks",
        "counters",
        "problems",
        "replay",
        "summary",
        "trace",
        "virtualTimeMs",
        "wallTimeMs",
        "plan",
        "faults",
        "operations",
        "log",
      ]
    `);
  });

  it('keeps options and counters in their own order', () => {
    const result = { ...buildRun(), counters: { zebra: 1, apple: 2 } };
    expect(formatJson(result)).toContain('"counters":{"zebra":1,"apple":2}');
  });

  it('leaves out the record of calls, and keeps a counter of that name', () => {
    const result = { ...buildRun(), counters: { calls: 3 } };
    expect(formatJson({ ...result, calls: [] })).toBe(formatJson(result));
    expect(formatJson(result)).toContain('"counters":{"calls":3}');
  });

  it('keeps a sweep complete, its first failure last', () => {
    const sweep = buildSweep([buildRun({ violated: true })]);
    const json = formatJson(sweep);
    expect(JSON.parse(json)).toEqual(sweep);
    expect(Object.keys(JSON.parse(json) as object).at(-1)).toBe('firstFailure');
  });
});
