/**
 * GitHub Actions: an annotation for each kind of failure, at the source line of the check where that is known, and a
 * summary of the step. Invariant: nothing in a result can be a command of the runner, or markup of the summary.
 */
import path from 'node:path';
import { singleLine } from '../../input/parsed.js';
import type { Verdict } from '../../run/run-result.js';
import { clip } from '../clip.js';
import { formatCount } from '../quantities.js';
import { kindsOf, listSeeds, type KindOfFailure } from '../reported-kinds.js';
import type { CreateReporter, ScenarioReport } from '../reporter.js';

const MESSAGE_MAX = 1000;
const NAME_MAX = 200;
/** GitHub shows ten annotations of a step, and refuses summaries of more than 1 MiB. */
const SUMMARY_KINDS_MAX = 50;

export const createReporter: CreateReporter = ({ tell, env, cwd, write, append, hasFile }) => {
  const reports: ScenarioReport[] = [];
  return {
    scenario(report) {
      reports.push(report);
      for (const kind of kindsOf(report)) tell(annotationOf(report, kind, cwd));
      for (const { seed, how } of report.sweep?.lost ?? []) {
        tell(
          annotation(
            'error',
            { title: `${clip(report.scenario, NAME_MAX)}: seed ${seed} is lost` },
            `its process ended with ${how}`,
          ),
        );
      }
    },
    async end() {
      const summary = summaryOf(reports);
      const file = env['GITHUB_STEP_SUMMARY'];
      if (hasFile) write(summary);
      else if (file !== undefined && file !== '') await append(file, summary);
    },
  };
};

function annotationOf(report: ScenarioReport, kind: KindOfFailure, cwd: string): string {
  const { signature, verdict, seeds, message, replay } = kind;
  const source = report.sources?.[signature];
  const place =
    source === undefined
      ? {}
      : { file: path.relative(cwd, path.resolve(cwd, source.file)), line: String(source.line) };
  const text = `${clip(message, MESSAGE_MAX)}\nseeds: ${listSeeds(seeds)}\n${clip(replay, MESSAGE_MAX)}`;
  const level = verdict === 'violated' ? 'error' : 'warning';
  return annotation(
    level,
    { ...place, title: `${clip(report.scenario, NAME_MAX)}: ${clip(signature, NAME_MAX)}` },
    text,
  );
}

function annotation(level: string, properties: Readonly<Record<string, string>>, text: string): string {
  const given = Object.entries(properties).map(([name, value]) => `${name}=${escapeProperty(value)}`);
  return `::${level} ${given.join(',')}::${text
    .split('\n')
    .map((line) => escapeData(singleLine(line)))
    .join('%0A')}`;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(singleLine(text)).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

const signs: Readonly<Record<Verdict, string>> = { satisfied: '✅', violated: '❌', inconclusive: '❔' };

function summaryOf(reports: readonly ScenarioReport[]): string {
  const rows = reports.map((report) => {
    const { scenario, outcome, sweep, run } = report;
    const sign = outcome in signs ? signs[outcome as Verdict] : '⚠️';
    const ran = sweep?.seedsRun ?? (run === undefined ? 0 : 1);
    const failed = sweep?.failures.length ?? (run === undefined || run.verdict === 'satisfied' ? 0 : 1);
    const note = sweep?.outOfTime === true ? `, out of time` : '';
    return `| ${cell(scenario)} | ${sign} ${outcome}${note} | ${formatCount(ran)} | ${formatCount(failed)} |`;
  });
  const kinds = reports.flatMap((report) =>
    kindsOf(report).map((kind) => ({ ...kind, scenario: report.scenario })),
  );
  const shown = kinds.slice(0, SUMMARY_KINDS_MAX);
  return [
    '### Simulation',
    '',
    '| scenario | outcome | seeds | failed |',
    '| --- | --- | ---: | ---: |',
    ...rows,
    '',
    ...shown.flatMap(({ scenario, signature, seeds, message, replay }) => [
      `**${cell(scenario)}: ${cell(signature)}**, seeds ${listSeeds(seeds)}`,
      '',
      ...fenced([clip(message, MESSAGE_MAX), clip(replay, MESSAGE_MAX)]),
      '',
    ]),
    ...(kinds.length > shown.length ? [`and ${kinds.length - shown.length} more kinds of failure`, ''] : []),
  ].join('\n');
}

/** In a table, and in a line: no markup of Markdown or HTML, no mention of people, no link. */
function inline(text: string): string {
  const line = singleLine(text);
  return line.replace(/[\\`*_{}[\]()<>#+.!|~@&:/-]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

function cell(text: string): string {
  return inline(clip(text, NAME_MAX));
}

/** Unchanged text: the fence is longer than any fence within. */
function fenced(lines: readonly string[]): string[] {
  const text = lines.map(singleLine);
  const longest = Math.max(
    2,
    ...text.flatMap((line) => [...line.matchAll(/`+/g)].map(([ticks]) => ticks.length)),
  );
  const fence = '`'.repeat(longest + 1);
  return [`${fence}text`, ...text, fence];
}
