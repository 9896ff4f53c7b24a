/**
 * `performance.mark` and its relatives: a timeline for each process of a node, in the node's time. Invariant: a node sees
 * its own entries only.
 */
// On a newer Node.js it has some of the functions itself.
import perfHooks from 'node:perf_hooks';
import { currentNode, type VirtualNode } from '../node.js';
import { asked, ownerOf, slot, type Slot } from './slot.js';
import { surroundings, type Surroundings } from './surroundings.js';

interface Entry {
  readonly name: string;
  readonly entryType: 'mark' | 'measure';
  readonly startTime: number;
  readonly duration: number;
  readonly detail: unknown;
}

interface MarkOptions {
  readonly startTime?: number;
  readonly detail?: unknown;
}

interface MeasureOptions {
  readonly start?: string | number;
  readonly end?: string | number;
  readonly duration?: number;
  readonly detail?: unknown;
}

const timelines = new WeakMap<VirtualNode, Entry[]>();

function entriesOf(node: VirtualNode): Entry[] {
  let entries = timelines.get(node);
  if (entries === undefined) timelines.set(node, (entries = []));
  return entries;
}

function add(node: VirtualNode, entry: Entry): Entry {
  const whole = { ...entry, toJSON: () => entry };
  entriesOf(node).push(whole);
  return whole;
}

function mark(node: VirtualNode, [name, options]: unknown[]): Entry {
  const { startTime = node.processUs() / 1000, detail = null } = (options ?? {}) as MarkOptions;
  return add(node, { name: String(name), entryType: 'mark', startTime, duration: 0, detail });
}

/** When a mark was set; a number is a time itself. */
function timeOf(node: VirtualNode, of: string | number): number {
  if (typeof of === 'number') return of;
  const found = entriesOf(node).findLast(({ entryType, name }) => entryType === 'mark' && name === of);
  if (found !== undefined) return found.startTime;
  throw new DOMException(`The "${of}" performance mark has not been set`, 'SyntaxError');
}

function measure(node: VirtualNode, [name, first, second]: unknown[]): Entry {
  const options = (
    typeof first === 'object' && first !== null ? first : { start: first, end: second }
  ) as MeasureOptions;
  const nowMs = node.processUs() / 1000;
  const { start, duration, detail = null } = options;
  const isFromStart = options.end === undefined && duration !== undefined && start !== undefined;
  const end = isFromStart ? timeOf(node, start) + duration : timeOf(node, options.end ?? nowMs);
  const startTime = start === undefined && duration !== undefined ? end - duration : timeOf(node, start ?? 0);
  return add(node, {
    name: String(name),
    entryType: 'measure',
    startTime,
    duration: end - startTime,
    detail,
  });
}

function select(node: VirtualNode, isWanted: (entry: Entry) => boolean): Entry[] {
  return entriesOf(node)
    .filter(isWanted)
    .sort((first, second) => first.startTime - second.startTime);
}

function clear(node: VirtualNode, type: Entry['entryType'], name: unknown): void {
  const isGone = (entry: Entry) => entry.entryType === type && (name === undefined || entry.name === name);
  timelines.set(
    node,
    entriesOf(node).filter((entry) => !isGone(entry)),
  );
}

/** What Node.js notes of the start of a process: a node's process starts at once, and its loop turns until it dies. */
const STARTED = {
  ...{ name: 'node', entryType: 'node', startTime: 0 },
  ...{
    nodeStart: 0,
    v8Start: 0,
    environment: 0,
    bootstrapComplete: 0,
    loopStart: 0,
    loopExit: -1,
    idleTime: 0,
  },
};

function nodeTiming(here: Surroundings, native: object): object {
  const timing = { ...STARTED, duration: here.processUs() / 1000 };
  const entry: object = Object.create(Object.getPrototypeOf(native) as object, {
    uvMetricsInfo: { value: { loopCount: 0, events: 0, eventsWaiting: 0 } },
    toJSON: { value: () => ({ ...timing }) },
  }) as object;
  for (const [name, value] of Object.entries(timing))
    Object.defineProperty(entry, name, { value, enumerable: true });
  return entry;
}

const IDLE = { idle: 0, active: 0, utilization: 0 };

const inNode: Readonly<Record<string, (node: VirtualNode, parameters: unknown[]) => unknown>> = {
  mark,
  measure,
  getEntries: (node) => select(node, () => true),
  getEntriesByType: (node, [type]) => select(node, ({ entryType }) => entryType === type),
  getEntriesByName: (node, [name, type]) =>
    select(node, (entry) => entry.name === name && (type === undefined || entry.entryType === type)),
  clearMarks: (node, [name]) => clear(node, 'mark', name),
  clearMeasures: (node, [name]) => clear(node, 'measure', name),
  timerify: (_, [timed]) => timed,
  eventLoopUtilization: () => ({ ...IDLE }),
  toJSON: (node) => ({
    nodeTiming: performance.nodeTiming,
    timeOrigin: node.wallClockMs() - Math.floor(node.processUs() / 1000),
    eventLoopUtilization: { ...IDLE },
  }),
};

/** The timeline of `performance`. */
export function timeline(): Slot[] {
  const functions = [performance, perfHooks].flatMap((target) =>
    Object.entries(inNode).flatMap(([name, answer]) => {
      const native: unknown = Reflect.get(target, name);
      if (typeof native !== 'function') return [];
      const told = function (this: unknown, ...parameters: unknown[]): unknown {
        const node = currentNode();
        return node === undefined
          ? (Reflect.apply(native, this, parameters) as unknown)
          : answer(node, parameters);
      };
      return [slot(ownerOf(target, name), name, told)];
    }),
  );
  const timing = asked(ownerOf(performance, 'nodeTiming'), 'nodeTiming', (native) => {
    const here = surroundings();
    return here === undefined ? native : nodeTiming(here, native as object);
  });
  return [...functions, timing];
}
