/**
 * etcd and the nodes at a moment, as sections of text. Invariant: every section says something, and what the last event
 * changed is marked.
 */
import { EPOCH_MS } from '../../engine/node.js';
import { singleLine } from '../../input/parsed.js';
import { clockAt, type ProcessState } from '../../moment/processes-at.js';
import type { KeyState, MomentState, WatchState } from '../../moment/state-at.js';
import type { FaultRecord } from '../../run/run-result.js';
import type { Paint } from '../paint.js';
import { formatCount, formatDuration, formatTime } from '../quantities.js';
import { gridLines, type Cell } from './grid.js';

export const sectionNames = ['nodes', 'keys', 'leases', 'watches', 'clocks', 'faults'] as const;
export type SectionName = (typeof sectionNames)[number];

export interface Section {
  readonly name: SectionName;
  readonly title: string;
  /** At least one. */
  readonly lines: readonly string[];
  /** The lines that go before others where there is little room: the head of a table, and what has changed. */
  readonly first: readonly number[];
  /** All that it says, where that is a few words. */
  readonly brief?: string;
}

/** A moment, with what came before it and the faults of the run. */
export interface ShownMoment {
  readonly timeUs: number;
  readonly state: MomentState;
  readonly before: MomentState;
  readonly faults: readonly FaultRecord[];
  /** The client that sets up and reads the log; of interest only while it does something. */
  readonly observer: string;
  readonly hasEnded: (node: string) => 'crashed' | 'ended';
}

export interface MomentStyle {
  readonly paint: Paint;
  readonly width: number;
}

export function sectionOf(name: SectionName, moment: ShownMoment, style: MomentStyle): Section {
  const { title, rows, nothing, first = [], brief } = CONTENTS[name](moment, style.paint);
  const lines =
    rows.length === 0 ? [`  ${style.paint.quiet(nothing)}`] : gridLines(rows, { ...style, margin: 2 });
  const words = rows.length === 0 ? nothing : brief;
  return { name, title, lines, first, ...(words === undefined ? {} : { brief: words }) };
}

interface Contents {
  readonly title: string;
  readonly rows: readonly (readonly Cell[])[];
  /** In place of rows. */
  readonly nothing: string;
  readonly first?: readonly number[];
  readonly brief?: string | undefined;
}

const CONTENTS: Readonly<Record<SectionName, (moment: ShownMoment, paint: Paint) => Contents>> = {
  nodes: nodesContents,
  keys: keysContents,
  leases: leasesContents,
  watches: watchesContents,
  clocks: clocksContents,
  faults: faultsContents,
};

const text = (value: string): Cell => ({ text: singleLine(value) });
const number = (value: number): Cell => ({ text: formatCount(value), isNumber: true });
const since = (fromUs: number, timeUs: number): string => `for ${formatDuration((timeUs - fromUs) / 1000)}`;

function head({ quiet }: Paint, ...titles: readonly (string | Cell)[]): Cell[] {
  return titles.map((title) =>
    typeof title === 'string' ? { text: title, paint: quiet } : { ...title, paint: quiet },
  );
}

const numeric = (title: string): Cell => ({ text: title, isNumber: true });

function keysContents({ state, before }: ShownMoment, paint: Paint): Contents {
  const old = new Map(before.keys.map((key) => [key.key, key]));
  const now = new Set(state.keys.map(({ key }) => key));
  const isLeased = [...state.keys, ...before.keys].some(({ lease }) => lease !== undefined);
  const rowOf = (mark: string, key: KeyState, colour: ((shown: string) => string) | undefined): Cell[] =>
    [
      text(mark),
      { ...text(key.key), keepsEnd: true as const },
      text(mark === '-' ? 'deleted' : key.value),
      number(key.revision),
      number(key.createRevision),
      number(key.version),
      ...(isLeased ? [text(shortLease(key.lease ?? ''))] : []),
    ].map((cell) => (colour === undefined ? cell : { ...cell, paint: colour }));
  const marked = (key: KeyState): Cell[] => {
    const earlier = old.get(key.key);
    if (earlier === undefined) return rowOf('+', key, paint.good);
    return earlier.revision === key.revision ? rowOf(' ', key, undefined) : rowOf('*', key, paint.strong);
  };
  const gone = before.keys.filter(({ key }) => !now.has(key)).map((key) => rowOf('-', key, paint.bad));
  const rows = [...gone, ...state.keys.map(marked)];
  const titles = ['', 'key', 'value', numeric('revision'), numeric('created'), numeric('version')];
  return {
    title: `Keys at revision ${formatCount(state.revision)}`,
    rows: rows.length === 0 ? [] : [head(paint, ...titles, ...(isLeased ? ['lease'] : [])), ...rows],
    nothing: 'no key',
    first: [0, ...rows.flatMap(([mark], at) => (mark?.text === '' ? [] : [at + 1]))],
  };
}

/** The end of an id tells leases apart; the table of leases has all of it. */
function shortLease(id: string): string {
  return id.length <= LEASE_LENGTH_MAX ? id : `…${id.slice(1 - LEASE_LENGTH_MAX)}`;
}

const LEASE_LENGTH_MAX = 8;

function leasesContents({ state: { leases }, timeUs }: ShownMoment, paint: Paint): Contents {
  const rows = leases.map(({ id, ttlSeconds, expiresUs, keys }) => [
    text(id),
    { text: `${formatCount(ttlSeconds)} s`, isNumber: true as const },
    text(leftOf(expiresUs, timeUs)),
    text(keys.join(', ')),
  ]);
  return {
    title: 'Leases',
    rows: rows.length === 0 ? [] : [head(paint, 'lease', numeric('TTL'), 'left', 'keys'), ...rows],
    nothing: 'no lease',
    first: [0],
  };
}

/** The remaining time of a lease as its leader counts. */
function leftOf(expiresUs: number | undefined, timeUs: number): string {
  if (expiresUs === undefined) return 'stands still: no leader';
  return expiresUs <= timeUs ? 'due' : formatDuration((expiresUs - timeUs) / 1000);
}

function watchesContents({ state: { watches } }: ShownMoment, paint: Paint): Contents {
  const rows = watches.map((watch) => [
    text(watch.node),
    text(watch.member),
    text(rangeOf(watch)),
    number(watch.fromRevision),
  ]);
  return {
    title: 'Watches',
    rows: rows.length === 0 ? [] : [head(paint, 'node', 'at', 'keys', numeric('from')), ...rows],
    nothing: 'no watch',
    first: [0],
  };
}

function rangeOf({ key, rangeEnd }: WatchState): string {
  if (rangeEnd === undefined) return key;
  return rangeEnd === '' ? `${key} and after` : `${key} to ${rangeEnd}`;
}

function nodesContents(moment: ShownMoment, paint: Paint): Contents {
  const { state, timeUs } = moment;
  const rows = state.processes.flatMap((process): Cell[][] => {
    const { node } = process;
    const { operations = [], calls = [] } = state.nodes.find((one) => one.node === node) ?? {};
    const lines = [
      ...operations.map(({ name, id, invoke }) => [`${name} ${id}`, since(invoke.timeUs, timeUs), '']),
      ...calls.map(({ method, number: own, callee, startUs, place }) => [
        `${method} #${own} at ${callee}`,
        since(startUs, timeUs),
        place === undefined ? '' : shortPlace(place),
      ]),
    ];
    if (process.isAlive && process.stillUntilUs > timeUs) {
      lines.unshift([`paused until ${formatTime(process.stillUntilUs)}`, '', '']);
    }
    if (!process.isAlive) lines.unshift([moment.hasEnded(node), '', '']);
    if (lines.length === 0 && node === moment.observer) return [];
    if (lines.length === 0) lines.push(['nothing under way', '', '']);
    return lines.map(([what = '', how = '', where = ''], at) => [
      { ...text(at === 0 ? node : ''), paint: paint.strong },
      process.isAlive && operations.length + calls.length > 0
        ? text(what)
        : { ...text(what), paint: paint.quiet },
      text(how),
      { ...text(where), paint: paint.quiet },
    ]);
  });
  const busy = rows.flatMap((row, at) => (row[2]?.text === '' ? [] : [at]));
  return { title: 'Under way', rows, nothing: 'no node', first: busy };
}

/** The file without its folder, and the line. */
function shortPlace(place: string): string {
  return place.replace(/^.*[\\/]/, '').replace(/:\d+$/, '');
}

function clocksContents({ state, timeUs }: ShownMoment, paint: Paint): Contents {
  const row = (name: string, wallMs: number, note: string): Cell[] => [
    { ...text(name), paint: paint.strong },
    // eslint-disable-next-line no-restricted-globals -- a virtual time, as the node's own code would print it
    text(new Date(EPOCH_MS + wallMs).toISOString()),
    text(note),
  ];
  const members = state.members.map(({ name, role }) => row(name, Math.floor(timeUs / 1000), role));
  const nodes = state.processes.map(({ node, clock }) =>
    row(node, clockAt(clock, timeUs).wallMs, noteOf(clock, timeUs)),
  );
  const areRight = state.processes.every(({ clock }) => noteOf(clock, timeUs) === RIGHT);
  return {
    title: `Clocks at ${formatTime(timeUs)} of virtual time`,
    rows: [...members, ...nodes],
    nothing: 'no clock',
    brief: areRight ? 'all clocks are right' : undefined,
  };
}

const RIGHT = 'right';

function noteOf(clock: ProcessState['clock'], timeUs: number): string {
  const { countedUs, wallMs } = clockAt(clock, timeUs);
  const aheadMs = wallMs - Math.floor(timeUs / 1000);
  const pace = clock.perMille;
  const parts = [
    ...(aheadMs === 0 ? [] : [`${formatDuration(Math.abs(aheadMs))} ${aheadMs > 0 ? 'ahead' : 'behind'}`]),
    ...(countedUs === timeUs || clock.shiftMs === 0 ? [] : ['its timers too']),
    ...(pace === 0 ? [] : [`runs ${Math.abs(pace) / 10} % too ${pace > 0 ? 'fast' : 'slow'}`]),
  ];
  return parts.length === 0 ? RIGHT : parts.join(', ');
}

function faultsContents({ faults, timeUs }: ShownMoment, paint: Paint): Contents {
  const rows = faults
    .filter(({ startedUs = Infinity, endedUs = Infinity }) => startedUs <= timeUs && timeUs < endedUs)
    .map(({ text: words, startedUs = 0, endedUs }) => [
      { ...text(words), paint: paint.unsure },
      text(since(startedUs, timeUs)),
      text(endedUs === undefined ? 'to the end' : `until ${formatTime(endedUs)}`),
    ]);
  return { title: 'Faults', rows, nothing: 'no fault' };
}
