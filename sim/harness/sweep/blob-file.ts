/**
 * A blob: a part of a sweep as one file, from which `sim merge` makes the report of the whole. Invariant: it holds every
 * seed's record and the runs that the report of the whole may need, and nothing that depends on the other parts.
 */
import { gzipSync } from 'node:zlib';
import path from 'node:path';
import { writeFile, rename } from 'node:fs/promises';
import { makeDirectory } from '../../report/make-directory.js';
import { temporaryName } from '../../report/replace-file.js';
import type { ReportedKind, Reporter, ScenarioReport } from '../../report/reporter.js';
import { messageOf } from '../../input/describe-thrown.js';
import { quote, singleLine, InputError } from '../../input/parsed.js';
import type { SeedRecord } from '../../explore/seed-record.js';
import type { RunResult } from '../../run/run-result.js';
import type { SweepHeader } from './header.js';
import { formatLine, LINES_FORMAT, parseLine, type Line } from './lines.js';
import { linesOf } from './lines-file.js';

/** So much text is compressed at a time, so that a long sweep needs little memory. */
const CHUNK_CHARACTERS = 1 << 20;

/** Writes a blob when the command ends, unless it was interrupted. */
export class BlobReporter implements Reporter {
  readonly #file: string;
  readonly #packed: Buffer[] = [];
  #text = '';
  #scenario = -1;
  #isWhole = true;

  constructor(file: string, header: SweepHeader) {
    this.#file = file;
    this.#add({ kind: 'sweep', format: LINES_FORMAT, ...header });
  }

  begin(): void {
    this.#scenario++;
  }

  seed(record: SeedRecord): void {
    this.#add({ kind: 'seed', scenario: this.#scenario, elapsedMs: 0, record });
  }

  scenario({ outcome, known, sweep, failures, firstBlocked, sources }: ScenarioReport): void {
    const scenario = this.#scenario;
    if (outcome === 'interrupted' || outcome === 'nondeterministic') this.#isWhole = false;
    if (known !== undefined) this.#add({ kind: 'known', scenario, result: known });
    const [first] = failures;
    if (first !== undefined) this.#add({ kind: 'failure', scenario, ...analysisOf(first) });
    else if (firstBlocked !== undefined) this.#add({ kind: 'failure', scenario, result: firstBlocked });
    this.#add({
      ...{ kind: 'end', scenario },
      wallTimeMs: Math.max(0, sweep?.wallTimeMs ?? 0),
      outOfTime: sweep?.outOfTime ?? false,
      ...(sources === undefined ? {} : { sources }),
    });
  }

  async end(): Promise<void> {
    if (!this.#isWhole) return;
    this.#pack();
    await makeDirectory(path.dirname(this.#file));
    const temporary = temporaryName(this.#file);
    await writeFile(temporary, Buffer.concat(this.#packed), { flush: true });
    await rename(temporary, this.#file);
  }

  #add(line: Line): void {
    this.#text += formatLine(line);
    if (this.#text.length > CHUNK_CHARACTERS) this.#pack();
  }

  #pack(): void {
    this.#packed.push(gzipSync(this.#text));
    this.#text = '';
  }
}

function analysisOf({ result, shrunk, explanation }: ReportedKind) {
  return {
    result,
    ...(shrunk === undefined ? {} : { shrunk }),
    ...(explanation === undefined ? {} : { explanation }),
  };
}

/** A blob that was read. */
export interface Blob {
  /** As the user wrote it. */
  readonly name: string;
  readonly header: SweepHeader;
  /** One for each scenario that it has begun. */
  readonly parts: ReadonlyMap<number, BlobPart>;
}

export interface BlobPart {
  readonly records: readonly SeedRecord[];
  readonly known?: RunResult | undefined;
  readonly failure?: Extract<Line, { kind: 'failure' }> | undefined;
  /** Absent if an earlier scenario ended the command. */
  readonly end?: Extract<Line, { kind: 'end' }> | undefined;
}

type Draft = { -readonly [Key in keyof BlobPart]: BlobPart[Key] } & { readonly records: SeedRecord[] };

/** @param name how the user named the file. @throws InputError where it is no blob, or not a whole one */
export async function readBlob(file: string, name: string): Promise<Blob> {
  let header: SweepHeader | undefined;
  const parts = new Map<number, Draft>();
  const wrong = (why: string) => new InputError(`${quote(name, 200)} is no blob of a sweep: ${why}`);
  try {
    for await (const { text } of linesOf(file, true)) {
      const parsed = parseLine(text);
      if (parsed.kind === 'malformed') throw wrong(parsed.message);
      const line = parsed.value;
      if (line.kind === 'sweep') header ??= line;
      else if (header === undefined) throw wrong(`expected a line of kind sweep first, got ${line.kind}`);
      else if (line.scenario >= header.scenarios.length) throw wrong(`it has no scenario ${line.scenario}`);
      else take(line, parts);
    }
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw wrong(singleLine(messageOf(error)));
  }
  if (header === undefined) throw wrong('it has no line');
  return { name, header, parts };
}

function take(line: Exclude<Line, { kind: 'sweep' }>, parts: Map<number, Draft>): void {
  const part = parts.get(line.scenario) ?? { records: [] };
  parts.set(line.scenario, part);
  switch (line.kind) {
    case 'known':
      part.known = line.result;
      break;
    case 'seed':
      part.records.push(line.record);
      break;
    case 'failure':
      part.failure = line;
      break;
    case 'end':
      part.end = line;
      break;
    case 'run':
      break;
    default:
      line satisfies never;
  }
}
