/**
 * Events of a run in words: `KV.Txn#6 of w1 reaches m1`. The text follows from the event's label and its
 * chain. Invariant: every event has a text; an unknown kind is shown by its label.
 */
import type { HappenedEvent } from '../../engine/steps.js';
import type { FaultRecord } from '../../run/run-result.js';

/** The nodes and members of a run. */
export interface Cast {
  readonly members: readonly string[];
  readonly faults: readonly FaultRecord[];
}

export function describeEvent(event: HappenedEvent, cast: Cast): string {
  const { label, node } = event;
  const fault = /^fault (\d+) (begins|ends)$/.exec(label);
  if (fault !== null) {
    const { text = label } = cast.faults[Number(fault[1])] ?? {};
    return `a fault ${fault[2]}: ${text}`;
  }
  const ends = endsOf(event, cast.members);
  if (ends !== undefined) return describeOnLink(event, ends);
  if (node === undefined) return label === 'etcd timer' ? 'a timer of etcd fires' : label;
  if (label === `${node}/timer`) return `a timer of ${node} fires`;
  if (label === `${node}/immediate`) return `${node} goes on`;
  if (label === 'call deadline') return `the deadline of a call of ${node} passes`;
  return label.includes(node) ? label : `${label} of ${node}`;
}

interface Ends {
  readonly node: string;
  readonly member: string;
}

/** The two ends between which it happens; undefined outside a link. */
function endsOf({ chain }: HappenedEvent, members: readonly string[]): Ends | undefined {
  const name = /^link\/(.*?)( elsewhere)?$/.exec(chain)?.[1];
  const member = members.find((candidate) => name?.endsWith(`-${candidate}`));
  if (name === undefined || member === undefined) return undefined;
  return { node: name.slice(0, -member.length - 1), member };
}

function describeOnLink({ label, chain, node: receiver }: HappenedEvent, { node, member }: Ends): string {
  const call = /^\/(?:[\w.]*\.)?(\w+\/\w+#\d+)$/.exec(label)?.[1]?.replace('/', '.');
  if (call !== undefined) {
    return receiver === undefined
      ? `${call} of ${node} reaches ${member}`
      : `the answer of ${member} to ${call} reaches ${node}`;
  }
  const what = label.slice(chain.replace(/ elsewhere$/, '').length + 1);
  switch (what) {
    case 'connect':
      return `a connection of ${node} reaches ${member}`;
    case 'accept':
      return `${node} is connected to ${member}`;
    case 'refuse':
      return `${node} hears that ${member} refuses its connection`;
    case 'connect again':
      return `${node} connects to ${member} again`;
    case 'close':
    case 'reset':
      return `${node} hears that its connection to ${member} has ended`;
    case 'cut':
      return `the connection of ${node} to ${member} breaks`;
    case 'gone':
      return `${member} hears that ${node} is gone`;
    default:
      return `${label} (${node} and ${member})`;
  }
}
