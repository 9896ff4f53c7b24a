/**
 * `docs/faults.md`: every kind of fault. Invariant: none is left out, and each kind supplies its own text.
 */
import { AIMED_IN, LONG_IN, MEETING_IN } from '../explore/draw-aims.js';
import { faultKinds } from '../faults/index.js';
import { table } from './table.js';

const INTRODUCTION = `<!-- Made by \`npm run docs\` from sim/faults/; a test compares. -->

# Faults

Every fault is data in the plan, drawn from the seed: its target, its start and its duration. \`--faults\`
takes names of kinds, \`none\`, \`all\` (each kind at least once), or \`swarm\`. With \`swarm\`, the default, each seed draws its
kinds; the second column shows how often. \`all\` and names have every kind; \`swarm\` leaves
out those that the column shows as never.

A fault counts its hits: messages, calls or connections on a link, reads of a clock, events delayed by a pause. On the
real backend it counts connections that carried bytes during the fault or were cut. A fault without hits tested nothing;
the report shows it pale. On the real backend a seed constrains a run but does not replay it. The report lists a fault
that is not available there as not applied.

`;

const AIMED = `
## Faults that aim

A fault that hits a node with nothing under way shows nothing. So one in ${AIMED_IN} faults is aimed. From its time on it
looks out, and it begins when it sees what it is aimed at:

${table(
  ['aim', 'it begins', 'it hits'],
  [
    ['`lease`', 'when a node holds a lease', 'that node, on its way to the member that granted it'],
    ['`write`', 'when a node has sent a write, or shortly after', 'that node, on its way to that member'],
    ['`reply`', 'when a node has got a reply, or shortly after', 'that node, on its way to that member'],
    ['`leader`', 'at once', 'the member that leads'],
    ['`during`', 'while another fault acts', 'the node and the member of that fault'],
    ['`after`', 'shortly after the end of another fault', 'the node and the member of that fault'],
  ],
)}

Faults that end leases are outages. One in ${LONG_IN} outages lasts 1.5 to 3 times the longest TTL that a node of the run
was granted until then, at most two minutes. One in ${MEETING_IN} faults meets an outage of the same plan: it begins
during the outage, or after it.

All of this is data in the plan: \`aim\` and \`ttls\` of a fault. The report and the story name what a fault has hit. The
real backend aims in the same way, by the wall clock. Shrinking puts plain times and targets in their place.
`;

export function faultsPage(): string {
  const rows = Object.values(faultKinds).map(
    ({ kind, description, onReal, membersMin, crashes = false, rarity = 1, inSwarms = true }) => [
      `\`${kind}\``,
      inSwarms ? `1 in ${rarity + 1}` : 'never',
      [
        description,
        ...(membersMin === undefined ? [] : [`With ${membersMin} members or more.`]),
        ...(crashes ? ['Needs a scenario with `restart()`.'] : []),
      ].join(' '),
      onReal,
    ],
  );
  return `${INTRODUCTION}${table(['fault', 'in a swarm', 'in simulation', 'on the real backend'], rows)}
${AIMED}${AFTERWARDS}`;
}

const AFTERWARDS = `
## Faults that you write

A regression test of one story has the faults of that story, for every seed. Write them as a plan holds them: \`kind\`,
\`atMs\` and \`durationMs\` in virtual milliseconds since the nodes started, and the fields of the kind. They are those of
\`plan.faults\` in a repro, so you can copy them from one. \`repro.schema.json\` describes each field. \`simTest\`,
\`simulate\` and \`check\` take the list as the option \`faults\`, and \`--faults\` takes it as JSON
([examples/library/written-faults.mjs](examples/library/written-faults.mjs)):

\`\`\`js
import assert from 'node:assert/strict';
import { simulate } from 'etcd-sim/sim';

await simulate(
  async (sim) => {
    sim.node('owner', async ({ client, sleep }) => {
      await client.lease(10).put('alive').value('owner');
      await sleep(60_000);
    });
    await sim.sleep(20_000); // virtual milliseconds: this takes no time
    assert.equal(await sim.client.get('alive').string(), null); // the owner stood still for too long
  },
  {
    faults: [
      { kind: 'reply-lost', node: 'owner', member: 'm1', once: true, atMs: 0, durationMs: 50 },
      { kind: 'node-pause', node: 'owner', atMs: 2000, durationMs: 30_000 },
    ],
    seeds: 10,
    reports: false,
  },
);
\`\`\`

${table(
  ['[by hand](testing.md#faults-by-hand)', 'as data'],
  [
    ['`partition`, `heal`', '`partition`, for `durationMs`; `member` may be a node that serves'],
    ['`disconnect`', '`connection-reset`'],
    ['`loseNextReply`', '`reply-lost` with `once: true`'],
    ['`crash`, `restart`', '`node-crash`, for `durationMs`; a test needs `restarts: true`'],
    ['`pause`', '`node-pause`'],
    ['`clock(node).jump`, `drift`', '`clock-jump`, `clock-drift`'],
    ['`etcd.stop`, `start`', '`member-restart`, for `durationMs`'],
    ['`etcd.moveLeader`, `compact`, `revokeLease`', '`leader-change`, `compaction`, `lease-revoked`'],
  ],
)}

A fault that names a node or a member that is not there is refused.

## When the faults are over

Every fault ends after the time that the plan sets. After the last fault, progress is required: a run in which no
operation succeeds and no node ends for 120 s of virtual time (\`--liveness-ms\`) violates \`liveness\`, and lists what each
node waits for, and since when. Where no operation is under way, a change in etcd is progress, too. A run without any
remaining event is a \`deadlock\` at once. A run that uses up its events or its time (\`--max-events\`,
\`--max-virtual-time-ms\`) is inconclusive, because it may only have been slow. On the real backend only the time limit
applies, by the wall clock.

## By other names

A black hole (Toxiproxy's \`timeout\`) is \`request-lost\`, \`reply-lost\` or \`partition\`: one direction, the
other, or both. A lease expires when its owner cannot renew it: \`node-pause\`, \`node-crash\` or \`partition\` for longer
than its TTL.

## Where nodes log in

A run with \`token-expired\` has authentication on, from before its setup. The observer does the setup, reads the log and
acts as the operator; it is root. Each node logs in as its own user, with full access under the run's prefix. It
uses no circuit breaker of etcd3 ([why](track-record.md)). A run without this fault has no users. The fault is not
applied to your own etcd (\`--endpoints\`).

## Not here yet

Nodes that log in although no token expires. A scenario can close and open its own clients and sessions during a run, as
the scenarios of the recipes do.
`;
