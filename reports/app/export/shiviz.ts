/**
 * The run as a log for ShiViz and other tools that read vector clocks: two lines for each event of a process, the first
 * with the process and its clock, the second with what happened. Pure. Invariant: one event happened before another if
 * and only if no number of its clock is larger and the clocks differ.
 */
import { describeHappening } from '../../../sim/moment/describe-happening.js';
import type { Happening } from '../../../sim/moment/happenings.js';
import type { Messages } from '../../../sim/moment/messages.js';
import { fates } from '../../../sim/moment/tables.js';
import type { ShownRun } from '../data/unpack.js';
import { visible } from '../page/visible.js';

/** The expression with which ShiViz reads the log. */
export const SHIVIZ_EXPRESSION = '(?<host>\\S*) (?<clock>{.*})\\n(?<event>.*)';

export interface ClockedEvent {
  readonly host: string;
  readonly clock: Readonly<Record<string, number>>;
  readonly event: string;
}

/** Each event of a node or a member, in order: operations, departures and arrivals of messages, crashes, starts. */
export function clockedEvents(
  happenings: readonly Happening[],
  run: ShownRun,
  messages: Messages | undefined,
): ClockedEvent[] {
  const hosts = new Hosts();
  const clocks = new Map<string, Map<string, number>>();
  /** The clock of the sender when each message left. */
  const sent = new Map<number, ReadonlyMap<string, number>>();
  const events: ClockedEvent[] = [];
  for (const happening of happenings) {
    const { kind, item } = happening;
    const { actor, text } = describeHappening(happening, run, messages);
    if (kind === 'commit' || kind === 'lease expired' || kind === 'fault begins' || kind === 'fault ends')
      continue;
    const host = hosts.of(actor);
    const clock = clocks.get(host) ?? new Map<string, number>();
    clocks.set(host, clock);
    if (kind === 'arrival' && fates[messages?.fate[item] ?? 0] === 'arrived') {
      for (const [other, count] of sent.get(item) ?? [])
        clock.set(other, Math.max(clock.get(other) ?? 0, count));
    }
    clock.set(host, (clock.get(host) ?? 0) + 1);
    if (kind === 'departure') sent.set(item, new Map(clock));
    events.push({ host, clock: Object.fromEntries(clock), event: visible(text).replace(/\s+/g, ' ') });
  }
  return events;
}

export function formatShiviz(events: readonly ClockedEvent[]): string {
  return events.map(({ host, clock, event }) => `${host} ${JSON.stringify(clock)}\n${event}\n`).join('');
}

/** Names without spaces, different for different actors. */
class Hosts {
  readonly #names = new Map<string, string>();
  readonly #taken = new Set<string>();

  of(actor: string): string {
    const known = this.#names.get(actor);
    if (known !== undefined) return known;
    const plain = visible(actor).replace(/[\s{}]+/g, '_') || '_';
    let name = plain;
    for (let again = 2; this.#taken.has(name); again++) name = `${plain}~${again}`;
    this.#taken.add(name);
    this.#names.set(actor, name);
    return name;
  }
}
