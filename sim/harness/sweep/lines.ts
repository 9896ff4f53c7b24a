/**
 * The lines of a journal and of a blob: JSON, one line for what the sweep is, one for each seed, and one for each run that
 * the report may need. Invariant: a line that reads is one that was written, or it is refused in one line.
 */
import * as v from 'valibot';
import type { SeedRecord } from '../../explore/seed-record.js';
import { malformed, ok, type Parsed } from '../../input/parsed.js';
import { fields, list, readValue, seed, whole } from '../../input/schema.js';
import { findingEntries, runSchema } from '../../report/result-schema.js';
import type { SourceLine } from '../../report/reporter.js';
import type { RunResult } from '../../run/run-result.js';
import { headerSchema, type SweepHeader } from './header.js';

/** The number of the format of journals and blobs. */
export const LINES_FORMAT = 1;

/** A line; `scenario` is the place of a scenario in the header. */
export type Line =
  | ({ readonly kind: 'sweep'; readonly format: typeof LINES_FORMAT } & SweepHeader)
  /** The kept failures were run again; the result is that of one that still fails. */
  | { readonly kind: 'known'; readonly scenario: number; readonly result?: RunResult }
  /** The first run of a kind of failure; its seed follows. */
  | { readonly kind: 'run'; readonly scenario: number; readonly result: RunResult }
  | {
      readonly kind: 'seed';
      readonly scenario: number;
      /** Milliseconds since the sweep of the scenario began, over all processes. */
      readonly elapsedMs: number;
      readonly record: SeedRecord;
    }
  /** Of a blob: the failure to show. */
  | {
      readonly kind: 'failure';
      readonly scenario: number;
      readonly result: RunResult;
      readonly shrunk?: ShrunkLine;
      readonly explanation?: NonNullable<RunResult['explanation']>;
    }
  /** Of a blob: the scenario is done. Without this line it was interrupted. */
  | {
      readonly kind: 'end';
      readonly scenario: number;
      readonly wallTimeMs: number;
      readonly outOfTime: boolean;
      /** Where the checks that failed are written. */
      readonly sources?: Readonly<Record<string, SourceLine>>;
    };

export interface ShrunkLine {
  readonly signature: string;
  readonly smallest: RunResult;
  readonly runs: number;
  readonly complete: boolean;
}

const scenario = whole(0, Number.MAX_SAFE_INTEGER);
const milliseconds = v.pipe(v.number('milliseconds'), v.minValue(0, 'milliseconds'));
const names = list(v.string('a mark'), 'a list of marks');

const record = v.union(
  [
    fields({ seed, lost: v.string('how its process ended') }),
    fields({
      seed,
      finding: v.exactOptional(fields(findingEntries)),
      blocked: v.exactOptional(v.literal(true)),
      counters: v.record(v.string(), v.number('a count'), 'counters'),
      operations: v.exactOptional(whole(0, Number.MAX_SAFE_INTEGER)),
      faults: v.exactOptional(whole(0, Number.MAX_SAFE_INTEGER)),
      reached: names,
      missed: names,
    }),
  ],
  'the record of a seed',
);

const lineSchema = v.variant(
  'kind',
  [
    fields({
      kind: v.literal('sweep'),
      format: v.literal(LINES_FORMAT, String(LINES_FORMAT)),
      ...headerSchema.entries,
    }),
    fields({ kind: v.literal('known'), scenario, result: v.exactOptional(runSchema) }),
    fields({ kind: v.literal('run'), scenario, result: runSchema }),
    fields({ kind: v.literal('seed'), scenario, elapsedMs: milliseconds, record }),
    fields({
      kind: v.literal('failure'),
      scenario,
      result: runSchema,
      shrunk: v.exactOptional(
        fields({
          signature: v.string('a signature'),
          smallest: runSchema,
          runs: whole(0, Number.MAX_SAFE_INTEGER),
          complete: v.boolean('true or false'),
        }),
      ),
      explanation: v.exactOptional(runSchema.entries.explanation.wrapped),
    }),
    fields({
      kind: v.literal('end'),
      scenario,
      wallTimeMs: milliseconds,
      outOfTime: v.boolean('true or false'),
      sources: v.exactOptional(
        v.record(
          v.string(),
          fields({ file: v.string('a file'), line: whole(1, Number.MAX_SAFE_INTEGER) }),
          'places',
        ),
      ),
    }),
  ],
  'a line of a sweep',
);

/** Ends with a line break. */
export function formatLine(line: Line): string {
  return `${JSON.stringify(line)}\n`;
}

export function parseLine(text: string): Parsed<Line> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return malformed('expected a line in JSON');
  }
  const { kind, format } = (value ?? {}) as Readonly<Record<string, unknown>>;
  // Another format has other fields: that is the better message.
  if (kind === 'sweep' && format !== LINES_FORMAT) {
    return malformed(`expected format ${LINES_FORMAT}, got ${String(format)}`);
  }
  const read = readValue(lineSchema, value);
  return read.kind === 'malformed' ? read : ok(value as Line);
}
