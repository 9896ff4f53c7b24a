/**
 * What the commands call, each part loaded when it is first used: a simulated run loads nothing of the real backend, and
 * `sim list` loads neither. Tests put their own parts in their place.
 */
import type { Backend } from '../backend/backend.js';
import type { ConformanceReport, ConformanceRequest } from '../conformance/compare-with-real.js';
import type { Budget } from '../engine/engine.js';
import type { SweepResult } from '../explore/sweep-result.js';
import type { Corpus } from '../harness/corpus/rerun-corpus.js';
import type { SweepHeader } from '../harness/sweep/header.js';
import type { JournalFile, JournalHost, ReadJournal } from '../harness/sweep/journal-file.js';
import { steps, type Steps } from '../harness/steps.js';
import type { TextStyle } from '../report/terminal.js';
import type { PageOf, ShrunkRun, WrittenReport } from '../report/write.js';
import type { RunResult } from '../run/run-result.js';
import type { ServedEtcd, ServeOptions } from '../serve/serve.js';
import type { RunSettings } from './arguments/run-parameters.js';
import type { GivenParts, Inspection } from './commands/inspection.js';

export interface UseCases extends Steps {
  /** @param progress told in one line each what takes time, such as building etcd */
  createBackend(
    settings: Pick<RunSettings, 'backend' | 'endpoints' | 'toxiproxy'>,
    progress: (line: string) => void,
  ): Promise<Backend>;
  /** The result for people; its last line is the replay command where the run failed. */
  formatRun(result: RunResult, style: TextStyle): Promise<string>;
  formatSweep(result: SweepResult, style: TextStyle): Promise<string>;
  /** The result as one line of JSON. */
  formatJson(result: RunResult | SweepResult): Promise<string>;
  /** Writes the page of a run, of a sweep or of a trend. */
  writePage(page: PageOf, file: string): Promise<void>;
  /** Replaces a file and makes its folder. */
  writeText(file: string, text: string): Promise<void>;
  /** Writes the HTML report, the repro of a failure, and both of what shrinking made of it. */
  writeReport(
    result: RunResult,
    directory: string,
    budget: Budget,
    shrunk?: ShrunkRun,
  ): Promise<WrittenReport>;
  /** The failures that are kept. @param notice receives one line for each file that cannot be read or written */
  openCorpus(directory: string, notice: (line: string) => void): Promise<Corpus>;
  /** Begins the journal of a sweep, or continues the one that was read. */
  openJournal(request: JournalRequest): Promise<Journal>;
  /** Serves the in-memory etcd on ports. */
  serveEtcd(options: ServeOptions): Promise<Pick<ServedEtcd, 'endpoints' | 'close'>>;
  /** Starts real etcds and compares; reports progress in single lines. */
  compareWithReal(request: ConformanceRequest): Promise<ConformanceReport>;
  /** Looks for what the real backend needs, without starting or building any of it. */
  inspect(given: GivenParts): Promise<readonly Inspection[]>;
}

export interface JournalRequest {
  readonly file: string;
  readonly header: SweepHeader;
  readonly resumed: ReadJournal | undefined;
  readonly host: JournalHost;
}

export type Journal = Pick<JournalFile, 'of' | 'close'>;

/** The backend that needs nothing. */
export const SIMULATED = { backend: 'simulated', endpoints: undefined, toxiproxy: undefined } as const;

export const useCases: UseCases = {
  ...steps,
  async createBackend({ backend, endpoints, toxiproxy }, progress) {
    switch (backend) {
      case 'simulated': {
        const { createSimulatedBackend } = await import('../backend/simulated.js');
        const { Ambient } = await import('../engine/ambient/ambient.js');
        // Putting everything back after each run is a large part of a short one.
        Ambient.install();
        return createSimulatedBackend();
      }
      case 'real': {
        const { createRealBackend } = await import('../backend/real.js');
        return createRealBackend({
          progress,
          ...(endpoints === undefined ? {} : { endpoints }),
          ...(toxiproxy === undefined ? {} : { toxiproxy }),
        });
      }
      default:
        return backend satisfies never;
    }
  },
  async formatRun(result, style) {
    const { formatRun } = await import('../report/terminal.js');
    return formatRun(result, style);
  },
  async formatSweep(result, style) {
    const { formatSweep } = await import('../report/terminal.js');
    return formatSweep(result, style);
  },
  async formatJson(result) {
    const { formatJson } = await import('../report/json.js');
    return formatJson(result);
  },
  async writeReport(result, directory, budget, shrunk) {
    const { writeReport } = await import('../report/write.js');
    return writeReport(result, directory, budget, shrunk);
  },
  async writePage(page, file) {
    const { writePage } = await import('../report/write.js');
    return writePage(page, file);
  },
  async writeText(file, text) {
    const { writeText } = await import('../report/write.js');
    return writeText(file, text);
  },
  async openCorpus(directory, notice) {
    const { CorpusStore } = await import('../harness/corpus/corpus-store.js');
    return new CorpusStore(directory, notice);
  },
  async openJournal({ file, header, resumed, host }) {
    const { JournalFile } = await import('../harness/sweep/journal-file.js');
    return resumed === undefined
      ? JournalFile.create(file, header, host)
      : JournalFile.continue(resumed, host);
  },
  async serveEtcd(options) {
    const { serveEtcd } = await import('../serve/serve.js');
    return serveEtcd(options);
  },
  async compareWithReal(request) {
    const { compareWithReal } = await import('../conformance/compare-with-real.js');
    return compareWithReal(request);
  },
  async inspect(given) {
    const { inspectRealParts } = await import('./commands/inspect-real-parts.js');
    return inspectRealParts(given);
  },
};
