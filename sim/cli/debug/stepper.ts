/**
 * A position in a run, and the position that a command leads to. Invariant: a command that leads nowhere changes nothing,
 * and its error names the reason.
 */
import type { Moment, Timeline } from '../../harness/debug/timeline.js';
import { quote, InputError } from '../../input/parsed.js';
import type { ShownMoment } from '../../report/moment/sections.js';
import { OBSERVER } from '../../scenario/expect-nodes.js';
import type { Direction, Move } from './commands.js';
import { eventAt, type Place } from './place.js';

export class Stepper {
  readonly timeline: Timeline;
  #number: number;
  /** The node of the last event that had one. */
  #node: string | undefined;
  #text: string | undefined;

  /** @throws InputError where the run has no such place */
  constructor(timeline: Timeline, place: Place) {
    this.timeline = timeline;
    this.#number = eventAt(place, timeline);
    this.#noticeNode();
  }

  get moment(): Moment {
    return this.timeline.at(this.#number);
  }

  /** The node whose events come next. */
  get node(): string | undefined {
    return this.#node;
  }

  /** The moment as text needs it. */
  get shown(): ShownMoment {
    const { event, state, before } = this.moment;
    const { timeUs } = event;
    const { faults, incidents = [] } = this.timeline.result;
    return {
      ...{ timeUs, state, before, faults, observer: OBSERVER },
      hasEnded: (node) => {
        const last = incidents.findLast(
          (one) =>
            (one.kind === 'crashed' || one.kind === 'restarted') &&
            one.node === node &&
            one.at.timeUs <= timeUs,
        );
        return last?.kind === 'crashed' ? 'crashed' : 'ended';
      },
    };
  }

  /** @throws InputError where it leads nowhere */
  move(move: Move): void {
    this.#number = this.#target(move);
    this.#noticeNode();
  }

  #target(move: Move): number {
    const { timeline } = this;
    switch (move.kind) {
      case 'at':
        return eventAt(move.place, timeline);
      case 'step':
        return this.#step(move.direction, move.count);
      case 'node': {
        const node = move.node ?? this.#node;
        if (node === undefined)
          throw new InputError('expected the name of a node: no event so far is of one');
        const { actors = [] } = timeline.result.recording ?? {};
        if (!actors.includes(node)) throw new InputError(`the run has no node ${quote(node)}`);
        this.#node = node;
        return found(timeline.findOf(node, this.#number, move.direction), move.direction, `event of ${node}`);
      }
      case 'story':
        return found(timeline.findStory(this.#number, move.direction), move.direction, 'line of the story');
      case 'key': {
        const text = move.text ?? this.#text;
        if (text === undefined) throw new InputError('expected a part of a key to look for');
        this.#text = text;
        const at = timeline.findKey(text, this.#number, move.direction);
        return found(at, move.direction, `change of a key with ${quote(text)}`);
      }
      default:
        return move satisfies never;
    }
  }

  #step(direction: Direction, count: number): number {
    const target = this.#number + direction * count;
    if (target >= 0 && target <= this.timeline.last) return target;
    if (direction === 1 && this.#number === this.timeline.last)
      throw new InputError('this is the last event');
    if (direction === -1 && this.#number === 0) throw new InputError('this is the start');
    return direction === 1 ? this.timeline.last : 0;
  }

  #noticeNode(): void {
    this.#node = this.timeline.events[this.#number]?.node ?? this.#node;
  }
}

function found(number: number | undefined, direction: Direction, what: string): number {
  if (number !== undefined) return number;
  throw new InputError(`no ${direction === 1 ? 'later' : 'earlier'} ${what}`);
}
