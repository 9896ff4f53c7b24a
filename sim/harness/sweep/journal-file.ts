/**
 * The journal of a sweep: what it has done, line by line, as it goes. Invariant: lines are only added; whenever the process
 * or the machine stops, the lines up to some point can be read, and what a torn end held is run again.
 */
import {
  closeSync,
  fdatasyncSync,
  ftruncateSync,
  openSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import type { SeedRecord } from '../../explore/seed-record.js';
import { messageOf } from '../../input/describe-thrown.js';
import { quote, singleLine, InputError } from '../../input/parsed.js';
import { makeDirectory } from '../../report/make-directory.js';
import { temporaryName } from '../../report/replace-file.js';
import type { RunResult } from '../../run/run-result.js';
import type { PastSweep, SweepJournal } from '../checker.js';
import { ownSeeds, type SweepHeader } from './header.js';
import { formatLine, LINES_FORMAT, parseLine, type Line } from './lines.js';
import { linesOf } from './lines-file.js';

/** A crash of the machine costs the seeds of this time; they run again. */
const SYNC_EVERY_MS = 1000;

/** What a journal needs from around it. */
export interface JournalHost {
  /** Milliseconds on a monotonic clock. */
  nowMs(): number;
  /** Receives one line where the journal cannot be written. */
  notice(line: string): void;
}

/** A journal that was read. */
export interface ReadJournal {
  readonly file: string;
  readonly header: SweepHeader;
  /** By the places of the scenarios in the header. */
  readonly past: ReadonlyMap<number, PastSweep>;
  /** Up to here it reads. */
  readonly lengthBytes: number;
}

export class JournalFile {
  readonly #file: string;
  readonly #host: JournalHost;
  readonly #past: ReadonlyMap<number, PastSweep>;
  #descriptor: number | undefined;
  #syncedMs: number;

  private constructor(file: string, host: JournalHost, past: ReadonlyMap<number, PastSweep>) {
    this.#file = file;
    this.#host = host;
    this.#past = past;
    this.#syncedMs = host.nowMs();
  }

  /** Begins a journal in the place of an older one. */
  static async create(file: string, header: SweepHeader, host: JournalHost): Promise<JournalFile> {
    const journal = new JournalFile(file, host, new Map());
    try {
      await makeDirectory(path.dirname(file));
      const temporary = temporaryName(file);
      writeFileSync(temporary, formatLine({ kind: 'sweep', format: LINES_FORMAT, ...header }), {
        flush: true,
      });
      renameSync(temporary, file);
      journal.#descriptor = openSync(file, 'a');
    } catch (error) {
      journal.#giveUp(error);
    }
    return journal;
  }

  /** Continues a journal, behind what reads of it. */
  static continue({ file, past, lengthBytes }: ReadJournal, host: JournalHost): JournalFile {
    const journal = new JournalFile(file, host, past);
    try {
      journal.#descriptor = openSync(file, 'r+');
      ftruncateSync(journal.#descriptor, lengthBytes);
      closeSync(journal.#descriptor);
      journal.#descriptor = openSync(file, 'a');
    } catch (error) {
      journal.#giveUp(error);
    }
    return journal;
  }

  /** The part of one scenario. @param scenario its place in the header */
  of(scenario: number): SweepJournal {
    return {
      past: this.#past.get(scenario),
      known: (result) => {
        this.#write({ kind: 'known', scenario, ...(result === undefined ? {} : { result }) }, 'durably');
      },
      seed: ({ record, result, elapsedMs }) => {
        if (result !== undefined) this.#write({ kind: 'run', scenario, result });
        this.#write(
          { kind: 'seed', scenario, elapsedMs, record },
          result === undefined ? undefined : 'durably',
        );
      },
    };
  }

  close(): void {
    if (this.#descriptor === undefined) return;
    this.#attempt(this.#descriptor, (descriptor) => {
      fdatasyncSync(descriptor);
      closeSync(descriptor);
    });
    this.#descriptor = undefined;
  }

  #write(line: Line, how?: 'durably'): void {
    if (this.#descriptor === undefined) return;
    this.#attempt(this.#descriptor, (descriptor) => {
      const bytes = Buffer.from(formatLine(line));
      for (let written = 0; written < bytes.length;) written += writeSync(descriptor, bytes, written);
      const nowMs = this.#host.nowMs();
      if (how === undefined && nowMs - this.#syncedMs < SYNC_EVERY_MS) return;
      this.#syncedMs = nowMs;
      fdatasyncSync(descriptor);
    });
  }

  /** A journal that cannot be written does not spoil a sweep. */
  #attempt(descriptor: number, action: (descriptor: number) => void): void {
    try {
      action(descriptor);
    } catch (error) {
      this.#giveUp(error);
    }
  }

  #giveUp(error: unknown): void {
    this.#descriptor = undefined;
    const reason = singleLine(messageOf(error));
    this.#host.notice(`cannot write ${quote(this.#file)}, so that this sweep cannot be resumed: ${reason}`);
  }
}

/** Reads a journal as far as it reads. @throws InputError where it is none */
export async function readJournal(file: string): Promise<ReadJournal> {
  let header: SweepHeader | undefined;
  const past = new Map<number, Draft>();
  let lengthBytes = 0;
  for await (const { text, endBytes } of linesOf(file)) {
    const parsed = parseLine(text);
    if (header === undefined) {
      if (parsed.kind === 'malformed') throw noJournal(file, parsed.message);
      const line = parsed.value;
      if (line.kind !== 'sweep')
        throw noJournal(file, `expected a line of kind sweep first, got ${line.kind}`);
      header = line;
    } else if (parsed.kind === 'malformed' || !take(parsed.value, header, past)) break;
    lengthBytes = endBytes;
  }
  if (header === undefined) throw noJournal(file, 'it has no line');
  return { file, header, past, lengthBytes };
}

function noJournal(file: string, why: string): InputError {
  return new InputError(`${quote(file, 200)} is no journal of a sweep: ${why}`);
}

interface Draft extends PastSweep {
  known: PastSweep['known'];
  elapsedMs: number;
  readonly records: SeedRecord[];
  readonly results: RunResult[];
}

/** Whether the line continues the journal. */
function take(line: Line, header: SweepHeader, past: Map<number, Draft>): boolean {
  if (line.kind === 'sweep' || line.kind === 'failure' || line.kind === 'end') return false;
  if (line.scenario >= header.scenarios.length) return false;
  const none: Draft = { known: undefined, records: [], results: [], elapsedMs: 0 };
  const draft = past.get(line.scenario) ?? none;
  past.set(line.scenario, draft);
  switch (line.kind) {
    case 'known':
      draft.known = { result: line.result };
      return true;
    case 'run':
      draft.results.push(line.result);
      return true;
    case 'seed': {
      const { record, elapsedMs } = line;
      if (record.seed !== ownSeeds(header).first + draft.records.length) return false;
      draft.records.push(record);
      draft.elapsedMs = elapsedMs;
      return true;
    }
    default:
      return line satisfies never;
  }
}
