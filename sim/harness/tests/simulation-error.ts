/** A test that does not hold, as an error that a test runner shows well: its message is the story. */
import { fileURLToPath } from 'node:url';
import { singleLine } from '../../input/parsed.js';
import { formatStory } from '../../report/terminal.js';
import type { WrittenReport } from '../../report/write.js';
import type { RunResult } from '../../run/run-result.js';
import { describeRan } from '../check-report.js';
import type { TestReport } from './check-test.js';
import type { KeptReport } from './keep-report.js';

const WIDTH = 100;

/** Why two runs of one seed of a test differ. */
const USUAL_REASONS =
  'usual reasons: a variable outside the body of the test that keeps its value from the run before; code that reads Error.stack, as stacks are recorded only in the runs that are shown';

/** The simulator's own code; source maps name the folder that it was compiled from. */
const OWN_FOLDERS = [fileURLToPath(new URL('../../', import.meta.url))].flatMap((folder) => [
  folder,
  folder.replace(/([/\\])dist[/\\](sim[/\\])$/, '$1$2'),
]);

export class SimulationError extends Error {
  override readonly name = 'SimulationError';
  declare readonly report: TestReport;
  declare readonly written: WrittenReport | undefined;

  /** @param stack of the code that asked, for failures that no line of a node has thrown */
  constructor(title: string, report: TestReport, stack: string, kept: KeptReport | undefined) {
    super(messageOf(title, report, kept));
    // Node.js prints every enumerable property of an uncaught error: hundreds of lines.
    for (const [name, value] of Object.entries({ report, written: kept?.written }))
      Object.defineProperty(this, name, { value });
    const thrown = shownOf(report)?.problems.find((problem) => problem.kind === 'node-error');
    const candidates = [thrown?.kind === 'node-error' ? thrown.stack : '', stack].map(framesOf);
    const frames = candidates.find((some) => some.length > 0) ?? [];
    this.stack = [`${this.name}: ${this.message}`, ...frames].join('\n');
  }
}

function shownOf({ failures, known }: TestReport): RunResult | undefined {
  return failures[0]?.smallest ?? known;
}

function messageOf(title: string, report: TestReport, kept: KeptReport | undefined): string {
  const { outcome, sweep, differences, failures, doubts, notices } = report;
  const { written, problems = [] } = kept ?? {};
  const ran = sweep === undefined ? '' : describeRan(sweep);
  const shown = shownOf(report);
  const seed = failures[0]?.seeds[0];
  const lines = [
    `${singleLine(title)}: ${outcome}${ran}${seed === undefined ? '' : `, seed ${seed}`}`,
    ...differences,
    ...(differences.length === 0 ? [] : [USUAL_REASONS]),
    ...doubts,
    ...(shown === undefined ? [] : ['', formatStory(shown, { color: false, width: WIDTH }).trimEnd()]),
  ];
  const repro = written?.shrunk?.repro ?? written?.repro;
  const files = [
    ...(written === undefined ? [] : [`picture: ${written.shrunk?.page ?? written.page}`]),
    ...(repro === undefined ? [] : [`repro: ${repro}`]),
    ...problems,
    ...notices,
  ];
  if (files.length > 0) lines.push('', ...files);
  return lines.join('\n');
}

/** The frames of the user's own code. */
export function framesOf(stack: string): string[] {
  return stack.split('\n').filter((line) => /^\s+at /.test(line) && !isInternal(line));
}

function isInternal(frame: string): boolean {
  return (
    frame.includes('node:') ||
    frame.includes('/node_modules/') ||
    OWN_FOLDERS.some((own) => frame.includes(own))
  );
}
