/** The details of one operation or fault: short in a tooltip, complete in a panel. */
import type { Operation } from '../../../sim/history/history.js';
import type { Json } from '../../../sim/input/json.js';
import type { RunResult } from '../../../sim/run/run-result.js';
import { element, terms } from '../page/dom.js';
import { formatCount, formatDuration, formatTime } from '../page/format.js';
import type { Hit } from './geometry.js';
import type { Band, Bar, Scene } from './scene.js';

/** Two or three lines for the tooltip. */
export function brief(hit: Hit, describeArrow: (arrow: number) => readonly string[]): readonly string[] {
  if (hit.kind === 'arrow') return describeArrow(hit.arrow);
  if (hit.kind === 'band') {
    const { fault, startUs, endUs } = hit.band;
    return [
      fault.text,
      `${formatTime(startUs)}, for ${lasting(hit.band, endUs - startUs)}`,
      hitsText(fault.hits),
    ];
  }
  const { operation, startUs } = hit.bar;
  return [
    `${operation.node} ${operation.name} ${operation.id}`,
    `${formatTime(startUs)}, ${durationText(operation)}`,
    endingText(operation),
    ...(operation.input === null ? [] : [cut(JSON.stringify(operation.input))]),
  ];
}

/** Everything about an operation: its input, how it ended, its writes, the faults during it. */
export function operationPanel(
  bar: Bar,
  data: RunResult,
  scene: Scene,
  witnesses: ReadonlyMap<string, readonly string[]>,
): HTMLElement {
  const { operation, ending } = bar;
  const { outcome } = operation;
  const rows: { label: string; value: Node | string }[] = [
    { label: 'Input', value: code(operation.input) },
    {
      label: 'Invoked',
      value: `${formatTime(operation.invoke.timeUs)} (event ${formatCount(operation.invoke.sequence)})`,
    },
    {
      label: 'Returned',
      value:
        operation.return === undefined
          ? 'never'
          : `${formatTime(operation.return.timeUs)} (event ${formatCount(operation.return.sequence)}), ${durationText(operation)}`,
    },
  ];
  if (outcome?.kind === 'ok') {
    rows.push({ label: 'Output', value: code(outcome.output) });
    if (outcome.revision !== undefined) {
      rows.push({ label: 'Revision', value: revisionText(outcome.revision, data) });
    }
  } else if (outcome !== undefined) {
    rows.push({ label: 'Error', value: `${outcome.error.name}: ${outcome.error.message}` });
  }
  const meanwhile = scene.bands.filter(
    (band) =>
      (band.lanes === undefined || band.lanes.includes(bar.lane)) &&
      band.startUs <= bar.endUs &&
      band.endUs >= bar.startUs,
  );
  if (meanwhile.length > 0) {
    rows.push({ label: 'Faults at the time', value: lines(meanwhile.map(({ fault }) => fault.text)) });
  }
  const checks = witnesses.get(operation.id);
  if (checks !== undefined) rows.push({ label: 'Witness for', value: checks.join(', ') });
  return element(
    'div',
    { class: 'operation' },
    element(
      'h3',
      {},
      element('span', { class: `ending ending-${ending}` }, ending),
      ` ${operation.node} ${operation.name} `,
      element('span', { class: 'quiet' }, operation.id),
    ),
    terms(rows),
  );
}

/** The changes of a revision, according to the log. */
export function revisionText(revision: number, data: RunResult): string {
  const entry = data.log.find((candidate) => candidate.revision === revision);
  if (entry === undefined) return String(revision);
  const changes = entry.events.map(({ type, key, value }) =>
    type === 'delete' ? `${key} deleted` : `${key} = ${cut(value)}`,
  );
  return `${revision}: ${changes.join(', ')}`;
}

export function endingText({ outcome }: Operation): string {
  if (outcome === undefined) return 'never returned';
  if (outcome.kind !== 'ok')
    return `${outcome.kind}: ${cut(`${outcome.error.name}: ${outcome.error.message}`)}`;
  return outcome.revision === undefined ? 'ok' : `ok at revision ${outcome.revision}`;
}

function durationText({ invoke, return: end }: Operation): string {
  return end === undefined ? 'never returned' : `took ${formatDuration(end.timeUs - invoke.timeUs)}`;
}

function lasting({ fault }: Band, durationUs: number): string {
  return fault.endedUs === undefined ? 'the rest of the run' : formatDuration(durationUs);
}

export function hitsText(hits: number): string {
  return hits === 0 ? 'touched nothing' : `${formatCount(hits)} ${hits === 1 ? 'hit' : 'hits'}`;
}

function code(value: Json): HTMLElement {
  return element('code', {}, JSON.stringify(value));
}

function lines(texts: readonly string[]): HTMLElement {
  return element('span', {}, ...texts.map((text) => element('span', { class: 'line' }, text)));
}

const LENGTH_MAX = 160;

function cut(text: string): string {
  return text.length <= LENGTH_MAX ? text : `${text.slice(0, LENGTH_MAX - 1)}…`;
}
