/** `docs/faults.md`: every kind of fault. Invariant: none is left out, and what is said is what the kind itself says. */
import { faultKinds } from '../faults/index.js';
import { table } from './table.js';

const INTRODUCTION = `<!-- Made by \`npm run docs\` from sim/faults/; a test compares. -->

# Faults

Every fault is data in the plan, drawn from the seed: what it is aimed at, when it begins, how long it acts. \`--faults\`
takes kinds by their names, \`none\`, \`all\` (each kind at least once), or \`swarm\`, the default: each seed draws which
kinds it has, the second column says how often. A kind that no swarm has comes with \`all\` and by its name.

A fault counts what it hits: messages, calls or connections on a link, looks at a clock, what a pause held back; on the
real backend connections that carried something meanwhile or were cut. One that hits nothing is no test, and the report
shows it pale. On the real backend a run is constrained by its seed, not replayed by it; a fault that is not there is
listed as not applied.

`;

export function faultsPage(): string {
  const rows = Object.values(faultKinds).map(
    ({ kind, description, onReal, membersMin, crashes = false, rarity = 1, inSwarms = true }) => [
      `\`${kind}\``,
      inSwarms ? `1 in ${rarity + 1}` : 'never',
      [
        description,
        ...(membersMin === undefined ? [] : [`With ${membersMin} members or more.`]),
        ...(crashes ? ['Where the scenario says what a node does then.'] : []),
      ].join(' '),
      onReal,
    ],
  );
  return `${INTRODUCTION}${table(['fault', 'in a swarm', 'in simulation', 'on the real backend'], rows)}
${AFTERWARDS}`;
}

const AFTERWARDS = `
## When the faults are over

Every fault ends at a time that the plan knows, and from then on what can succeed must succeed: a run in which no
operation succeeds and no node ends for 120 s of virtual time (\`--liveness-ms\`) violates \`liveness\`, and says who waits
for what since when. A run in which nothing is left to happen at all is a \`deadlock\`, at once. One that goes on until
its events or its time are used up (\`--max-events\`, \`--max-virtual-time-ms\`) is inconclusive, for it may have been
slow. On the real backend nothing but the time is judged, by the wall clock.

## By other names

A black hole, or \`timeout\` in Toxiproxy's words, is \`request-lost\`, \`reply-lost\` or \`partition\`: one direction, the
other, or both. A lease expires where its owner cannot renew it: \`node-pause\`, \`node-crash\` or \`partition\` for longer
than it lives.

## Where nodes log in

A run that has \`token-expired\` has authentication on from before its setup: the observer, who sets up, reads the log and
is the operator, is root, and each node logs in as a user of its own who may do everything under the run's prefix. It
does so without etcd3's circuit breaker ([why](track-record.md)). A run without it has no users at all. An etcd that was
given is not changed so: the fault is not applied there.

## Not here yet

Nodes that log in where no token expires. A scenario can end and open its own clients and sessions in the middle, as
those of the recipes do.
`;
