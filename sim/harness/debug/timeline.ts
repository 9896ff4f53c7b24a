/**
 * A run to step through: its events, what happened in each, the state after each, and the places worth going to.
 * Invariant: the state after an event depends on the event alone, not on the way there.
 */
import type { HappenedEvent } from '../../engine/steps.js';
import { describeEvent } from '../../explore/explain/event-text.js';
import { eventOf, stepsOf } from '../../moment/axis.js';
import { deedsOf } from '../../moment/deeds.js';
import type { HappeningWords } from '../../moment/describe-happening.js';
import { countUpTo } from '../../moment/search.js';
import { StateIndex, type MomentState } from '../../moment/state-at.js';
import type { Explanation, PastStep } from '../../run/explanation.js';
import { firstMessage } from '../../run/first-finding.js';
import type { RunResult } from '../../run/run-result.js';

/** One event of the run, or what was before the first one. */
export interface TimelineEvent {
  /** Counted from 1; 0 stands for the start. */
  readonly number: number;
  readonly timeUs: number;
  /** The node whose code ran, or at the end of whose link it happened; undefined for etcd and for faults. */
  readonly node: string | undefined;
  readonly text: string;
  /** What it caused. */
  readonly deeds: readonly HappeningWords[];
  /** The lines of the story about it. */
  readonly story: readonly PastStep[];
  /** What went wrong, where the failure shows in it. */
  readonly failure?: string;
}

/** An event, and etcd and the nodes after it. */
export interface Moment {
  readonly event: TimelineEvent;
  readonly state: MomentState;
  /** The state before the event; the same one at the start. */
  readonly before: MomentState;
}

export class Timeline {
  readonly result: RunResult;
  readonly events: readonly TimelineEvent[];
  /** The event in which the failure shows; undefined if nothing failed. */
  readonly failure: number | undefined;
  readonly #index: StateIndex;

  /** @param happened every event of the run, in order */
  constructor(result: RunResult, happened: readonly HappenedEvent[], explanation: Explanation | undefined) {
    const run = { result, recording: result.recording };
    this.result = result;
    this.#index = new StateIndex(run, 'event');
    this.failure = result.verdict === 'satisfied' ? undefined : failureOf(result, happened);
    const deeds = deedsOf(run);
    const story = storyOf(explanation?.past ?? [], happened, (event) => nodeOf(event, result));
    const cast = { members: result.plan.members, faults: result.faults };
    const start = { number: 0, timeUs: 0, node: undefined, text: 'the run begins' };
    const all = happened.map((event) => {
      const { number, timeUs } = event;
      return { number, timeUs, node: nodeOf(event, result), text: describeEvent(event, cast) };
    });
    this.events = [start, ...all].map((event) => ({
      ...event,
      deeds: deeds.get(event.number) ?? [],
      story: story.get(event.number) ?? [],
      ...(event.number === this.failure ? { failure: firstMessage(result) } : {}),
    }));
  }

  /** The number of the last event. */
  get last(): number {
    return this.events.length - 1;
  }

  /** @param number of an event, from 0 to {@link Timeline.last} */
  at(number: number): Moment {
    const event = this.events[number];
    if (event === undefined) throw new Error(`expected an event from 0 to ${this.last}, got ${number}`);
    return { event, state: this.#index.at(number), before: this.#index.at(Math.max(0, number - 1)) };
  }

  /** The last event up to a virtual time. */
  upTo(timeUs: number): number {
    return Math.max(
      0,
      countUpTo(
        this.events.map((event) => event.timeUs),
        timeUs,
      ) - 1,
    );
  }

  /** The nearest event in a direction of which something holds. */
  find(from: number, direction: 1 | -1, holds: (event: TimelineEvent) => boolean): number | undefined {
    for (let at = from + direction; at >= 0 && at <= this.last; at += direction) {
      const event = this.events[at];
      if (event !== undefined && holds(event)) return at;
    }
    return undefined;
  }

  /** The nearest event of a node: its code ran, or something happened on one of its links. */
  findOf(node: string, from: number, direction: 1 | -1): number | undefined {
    return this.find(from, direction, (event) => event.node === node);
  }

  /** The nearest event that is part of the story, or in which the failure shows. */
  findStory(from: number, direction: 1 | -1): number | undefined {
    return this.find(from, direction, ({ story, failure }) => story.length > 0 || failure !== undefined);
  }

  /** The nearest event that changes a key with this text in its name. */
  findKey(text: string, from: number, direction: 1 | -1): number | undefined {
    const changed = new Set(
      stepsOf(this.result.recording).commit.filter((_, at) => {
        const revision = this.result.recording?.commits.revision[at];
        const entry = this.result.log.find((one) => one.revision === revision);
        return entry?.events.some(({ key }) => key.includes(text));
      }),
    );
    return this.find(from, direction, ({ number }) => changed.has(number));
  }
}

function nodeOf({ node, chain }: HappenedEvent, { plan }: RunResult): string | undefined {
  if (node !== undefined) return node;
  const link = /^link\/(.*?)( elsewhere)?$/.exec(chain)?.[1] ?? '';
  const member = plan.members.find((name) => link.endsWith(`-${name}`));
  return member === undefined ? undefined : link.slice(0, -member.length - 1);
}

/** The event in which the first finding shows: the last one that its witness needs. */
function failureOf(result: RunResult, happened: readonly HappenedEvent[]): number {
  const steps = stepsOf(result.recording);
  const finding = result.checks.find(({ verdict }) => verdict !== 'satisfied');
  if (finding?.verdict === 'violated') {
    const revisions = result.recording?.commits.revision ?? [];
    const operations = result.operations.filter(({ id }) => finding.operations.includes(id));
    const events = [
      ...operations.map(({ invoke, return: end }) => eventOf(steps, (end ?? invoke).sequence)),
      ...finding.revisions.map((revision) => steps.commit[revisions.indexOf(revision)] ?? 0),
    ];
    if (events.length > 0) return Math.max(...events);
  }
  const [problem] = result.problems;
  if (finding?.verdict !== 'violated' && problem?.kind === 'node-error') {
    const { timeUs, node } = problem;
    const at = happened.findLast((event) => event.timeUs === timeUs && event.node === node);
    if (at !== undefined) return at.number;
  }
  return happened.length;
}

/** The lines of the story by the events that they tell of: the last one of the node at the line's time. */
function storyOf(
  past: readonly PastStep[],
  happened: readonly HappenedEvent[],
  nodeOfEvent: (event: HappenedEvent) => string | undefined,
): ReadonlyMap<number, readonly PastStep[]> {
  const story = new Map<number, PastStep[]>();
  for (const step of past.flatMap(({ folded = [], ...line }) => (folded.length > 0 ? folded : [line]))) {
    const there = happened.filter(({ timeUs }) => timeUs === step.timeUs);
    const event = there.findLast((one) => nodeOfEvent(one) === step.node) ?? there.at(-1);
    if (event === undefined) continue;
    story.set(event.number, [...(story.get(event.number) ?? []), step]);
  }
  return story;
}
