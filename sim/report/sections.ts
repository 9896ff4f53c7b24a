/** The sections of a run as text: findings, problems, faults. Each is a list of lines. */
import type { CheckResult } from '../check/check.js';
import type { Operation, Skip } from '../history/history.js';
import { singleLine } from '../input/parsed.js';
import { withReasonsOf } from '../run/first-finding.js';
import type { FaultRecord, Problem, RunResult } from '../run/run-result.js';
import { describeEnding, describeOperation, describeRevision, endingOf, endings } from './describe-run.js';
import { indent, indentBehind, type Row } from './layout.js';
import type { Paint } from './paint.js';
import { formatCount, formatDuration, formatTime } from './quantities.js';

/** The layout of every section. */
export interface Style {
  readonly paint: Paint;
  /** Characters in a line. */
  readonly width: number;
}

const WITNESSES_MAX = 8;
const WAITING_MAX = 12;
const STACK_LINES_MAX = 12;
const SKIPS_MAX = 6;

/** Each kind of operation with its outcomes. */
export function operationRows(operations: readonly Operation[]): Row[] {
  const byName = new Map<string, Operation[]>();
  for (const operation of operations) {
    const same = byName.get(operation.name);
    if (same === undefined) byName.set(operation.name, [operation]);
    else same.push(operation);
  }
  return [...byName].map(([name, same]) => {
    const parts = endings
      .map((ending) => ({ ending, count: same.filter((operation) => endingOf(operation) === ending).length }))
      .filter(({ count }) => count > 0)
      .map(({ ending, count }) => `${formatCount(count)} ${ending}`);
    return { label: singleLine(name), value: formatCount(same.length), note: parts.join(', ') };
  });
}

/** One line per check, and the witness under those that are violated. */
export function checkLines(result: RunResult, style: Style): string[] {
  const nameWidth = Math.max(0, ...result.checks.map(({ check }) => check.length));
  return result.checks.flatMap((check) => {
    const name = singleLine(check.check).padEnd(nameWidth);
    const [first = '', ...rest] = indent(singleLine(check.description), {
      width: style.width,
      margin: nameWidth + 6,
    });
    return [
      `  ${markOf(check, style.paint)} ${name}  ${style.paint.quiet(first.trimStart())}`,
      ...rest.map((line) => style.paint.quiet(line)),
      ...findingLines(check, result, style),
    ];
  });
}

function markOf({ verdict }: CheckResult, paint: Paint): string {
  switch (verdict) {
    case 'satisfied':
      return paint.good('✓');
    case 'violated':
      return paint.bad('✗');
    case 'inconclusive':
      return paint.unsure('?');
  }
}

function findingLines(check: CheckResult, result: RunResult, { paint, width }: Style): string[] {
  if (check.verdict === 'satisfied') return [];
  const place = { width, margin: 6, hanging: 2 };
  if (check.verdict === 'inconclusive') {
    return indent(singleLine(check.reason), place).map((line) => paint.unsure(line));
  }
  const byId = new Map(result.operations.map((operation) => [operation.id, operation]));
  const witnesses = check.operations.slice(0, WITNESSES_MAX).flatMap((id) => {
    const operation = byId.get(id);
    if (operation === undefined) return indent(`${singleLine(id)}: not in the history`, place);
    return [
      ...indent(describeOperation(operation), place),
      ...indent(describeEnding(operation), { width, margin: 8, hanging: 2 }).map((line) => paint.quiet(line)),
    ];
  });
  const revisions = check.revisions
    .slice(0, WITNESSES_MAX)
    .flatMap((revision) => indent(describeRevision(revision, result.log), place));
  return [
    ...indent(singleLine(check.message), place).map((line) => paint.bad(line)),
    ...witnesses,
    ...more(check.operations.length - WITNESSES_MAX, 'operations', paint),
    ...revisions,
    ...more(check.revisions.length - WITNESSES_MAX, 'revisions', paint),
  ];
}

function more(count: number, what: string, paint: Paint): string[] {
  return count > 0 ? [paint.quiet(`      and ${formatCount(count)} more ${what}`)] : [];
}

/** Problems of the run itself. */
export function problemLines(problems: readonly Problem[], style: Style): string[] {
  return problems.flatMap((problem) => {
    const { paint, width } = style;
    const place = { width, margin: 4, hanging: 2 };
    switch (problem.kind) {
      case 'deadlock':
      case 'liveness':
      case 'budget': {
        const color = problem.kind === 'budget' ? paint.unsure : paint.bad;
        return [
          ...indent(`${problem.kind}: ${singleLine(problem.message)}`, { width, margin: 2, hanging: 2 }).map(
            color,
          ),
          ...problem.waiting.slice(0, WAITING_MAX).flatMap((line) => indent(singleLine(line), place)),
          ...more(problem.waiting.length - WAITING_MAX, 'waiting', paint),
        ];
      }
      case 'scenario-error':
        return brokenLines(problem.message, problem.stack, style);
      case 'node-error': {
        const { node, error, timeUs } = problem;
        const text = `${node} threw ${error.name} at ${formatTime(timeUs)}: ${withReasonsOf(problem)}`;
        return brokenLines(text, problem.stack, style);
      }
      default:
        return indent(`${problem.kind}: ${singleLine(problem.message)}`, {
          width,
          margin: 2,
          hanging: 2,
        }).map(paint.unsure);
    }
  });
}

/** The message and place of an error that code threw. */
function brokenLines(text: string, stack: string, { paint, width }: Style): string[] {
  return [
    ...indent(singleLine(text), { width, margin: 2, hanging: 2 }).map((line) => paint.bad(line)),
    ...stackLines(stack).map((line) => paint.quiet(`      ${line}`)),
  ];
}

/** Planned operations that nodes skipped, by their reasons. */
export function skipLines(skips: readonly Skip[], { width }: Style): string[] {
  const byReason = new Map<string, string[]>();
  for (const { operation, reason } of skips) {
    byReason.set(reason, [...(byReason.get(reason) ?? []), operation]);
  }
  return [...byReason].flatMap(([reason, ids]) => {
    const shown = ids.slice(0, SKIPS_MAX).join(', ');
    const hidden = ids.length - SKIPS_MAX;
    const text = `${shown}${hidden > 0 ? ` and ${formatCount(hidden)} more` : ''}: ${reason}`;
    return indent(singleLine(text), { width, margin: 2, hanging: 2 });
  });
}

/**
 * Only the frames, because the lines before them repeat the message. They stay unwrapped, so that paths can
 * be clicked.
 */
function stackLines(stack: string): string[] {
  const frames = stack
    .split('\n')
    .map((line) => singleLine(line))
    .filter((line) => line.startsWith('at '));
  return frames.slice(0, STACK_LINES_MAX);
}

/** A table: when each fault began, how long it lasted, what it touched. */
export function faultLines(faults: readonly FaultRecord[], { paint, width }: Style): string[] {
  if (faults.length === 0) return [];
  const rows = faults.map((fault) => ({ fault, cells: faultCells(fault) }));
  const head = ['at', 'for', 'hits'] as const;
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map(({ cells }) => (cells[column] ?? '').length)),
  );
  const line = (cells: readonly string[]) =>
    '  ' + widths.map((cellWidth, column) => (cells[column] ?? '').padStart(cellWidth)).join('  ');
  return [
    paint.quiet(line(head)),
    ...rows.flatMap(({ fault, cells }) => {
      const lines = indentBehind(`${line(cells)}  `, singleLine(fault.text), width);
      return fault.hits === 0 ? lines.map((text) => paint.quiet(text)) : lines;
    }),
  ];
}

function faultCells(fault: FaultRecord): readonly string[] {
  if (fault.startedUs === undefined) return ['never', '', '0'];
  const duration =
    fault.endedUs === undefined ? 'to the end' : formatDuration((fault.endedUs - fault.startedUs) / 1000);
  return [formatDuration(fault.startedUs / 1000), duration, formatCount(fault.hits)];
}
