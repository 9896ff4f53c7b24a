/** The state that a page derives from a recording is the model's own at that moment of the same run. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { StateIndex, type MomentState } from '../../reports/app/data/state-at.js';
import { byteStringOfText, bytesOf, type ByteString } from '../../sim/etcd/byte-string.js';
import { Member } from '../../sim/etcd/cluster/member.js';
import { WatchHub } from '../../sim/etcd/watch/watch-hub.js';
import type { Watcher } from '../../sim/etcd/watch/watcher.js';
import { Network } from '../../sim/network/network.js';
import { OBSERVER } from '../../sim/scenario/expect-nodes.js';
import { shownRun } from './page-fixture.js';
import { recordedRun } from './recorded-run.js';

afterEach(() => vi.restoreAllMocks());

const PREFIX = 'sim/';
const MARKER = '~end-of-log';
const textOf = (bytes: ByteString) => bytesOf(bytes).toString('utf8');

/** The parts of the model of the run that comes next. */
function watchModel() {
  const members = new Set<Member>();
  const networks = new Set<Network>();
  const watchers = new Map<Watcher, WatchHub>();
  const { start } = Member.prototype;
  vi.spyOn(Member.prototype, 'start').mockImplementation(function (this: Member, ...given) {
    members.add(this);
    start.apply(this, given);
  });
  const { join } = Network.prototype;
  vi.spyOn(Network.prototype, 'join').mockImplementation(function (this: Network, ...given) {
    networks.add(this);
    join.apply(this, given);
  });
  const { watch } = WatchHub.prototype;
  vi.spyOn(WatchHub.prototype, 'watch').mockImplementation(function (this: WatchHub, ...given) {
    const watcher = watch.apply(this, given);
    watchers.set(watcher, this);
    return watcher;
  });
  return { members, networks, watchers };
}

type Model = ReturnType<typeof watchModel>;

/** As text: equal texts are equal states. */
function modelState({ members, networks, watchers }: Model) {
  const [first] = [...members].sort(
    (one, other) => other.voter.replica.appliedIndex - one.voter.replica.appliedIndex,
  );
  const machine = first?.voter.machine;
  const found = machine?.store.range(byteStringOfText(PREFIX), byteStringOfText('sim0'));
  const kvs = found?.kind === 'ok' ? found.value.kvs : [];
  const leader = [...members].find(
    ({ voter }) => voter.isRunning && voter.machine.lessor.nextExpiryMs < Infinity,
  );
  return {
    revision: machine?.store.revision ?? 0,
    keys: kvs
      .map(({ key, value, modRevision, version, lease }) => {
        const name = textOf(key).slice(PREFIX.length);
        return `${name} = ${textOf(value)} at ${modRevision}, ${version}, ${lease === 0n ? 'none' : String(lease)}`;
      })
      .filter((text) => !text.startsWith(MARKER))
      .sort(),
    leases: (machine?.lessor.list() ?? [])
      .map(({ id, ttlSeconds, keys }) => {
        const names = [...keys].map((key) => textOf(key).slice(PREFIX.length)).sort();
        return `${String(id)} of ${ttlSeconds} s: ${names.join(' ')}`;
      })
      .sort(),
    expiries: (machine?.lessor.list() ?? [])
      .map(({ id }) => {
        const expiryMs = leader?.voter.machine.lessor.lookup(id)?.expiryMs ?? Infinity;
        return `${String(id)} at ${expiryMs} ms`;
      })
      .sort(),
    watches: [...watchers]
      .filter(
        ([watcher, hub]) =>
          watcher.state !== 'cancelled' && [...members].some((one) => one.process?.hub === hub),
      )
      .filter(([{ range }]) => textOf(range.key) !== PREFIX)
      .map(([{ range }, hub]) => {
        const member = [...members].find((one) => one.process?.hub === hub)?.name ?? '';
        return `${textOf(range.key).slice(PREFIX.length)} at ${member}`;
      })
      .sort(),
    calls: [...networks]
      .flatMap((network) => network.pendingCalls())
      .map(({ node, member, method }) => ({ node, text: `${node} ${method} at ${member}` }))
      .filter(({ node, text }) => node !== OBSERVER || !text.includes('Watch'))
      .map(({ text }) => text.replace(/\/\w+\.(\w+)\//, '$1.'))
      .sort(),
  };
}

function pageState({ revision, keys, leases, watches, nodes }: MomentState): ReturnType<typeof modelState> {
  return {
    revision,
    keys: keys
      .map((key) => `${key.key} = ${key.value} at ${key.revision}, ${key.version}, ${key.lease ?? 'none'}`)
      .sort(),
    leases: leases
      .map(({ id, ttlSeconds, keys: own }) => `${id} of ${ttlSeconds} s: ${[...own].sort().join(' ')}`)
      .sort(),
    expiries: leases.map(({ id, expiresUs = Infinity }) => `${id} at ${expiresUs / 1000} ms`).sort(),
    watches: watches.map(({ key, member }) => `${key} at ${member}`).sort(),
    calls: nodes
      .flatMap(({ node, calls }) => calls.map(({ method, callee }) => `${node} ${method} at ${callee}`))
      .sort(),
  };
}

const faults = {
  kind: 'only',
  kinds: [
    'latency',
    'partition',
    'connection-reset',
    'request-lost',
    'reply-lost',
    'member-restart',
    'leader-change',
  ],
} as const;

describe.each([
  ['mutex', 3],
  ['queue', 1],
  ['election', 3],
  ['double-barrier', 3],
] as const)('the state of %s on %i members', (scenario, memberCount) => {
  it('is the model’s at every moment looked at', async () => {
    const model = watchModel();
    const seen: { readonly timeUs: number; readonly state: ReturnType<typeof modelState> }[] = [];
    let lastUs = 0;
    let moments = 0;
    const result = await recordedRun({
      scenario,
      members: memberCount,
      faults,
      onEvent({ timeUs }) {
        // Between two times everything of the earlier one has happened.
        if (timeUs > lastUs && ++moments % 7 === 0) seen.push({ timeUs: lastUs, state: modelState(model) });
        lastUs = timeUs;
      },
    });
    const index = new StateIndex(shownRun(result));
    expect(seen.length).toBeGreaterThan(20);
    for (const { timeUs, state } of seen) {
      expect({ timeUs, ...pageState(index.at(timeUs)) }).toEqual({ timeUs, ...state });
    }
    expect(seen.some(({ state }) => state.keys.length > 0)).toBe(true);
    expect(seen.some(({ state }) => state.calls.length > 1)).toBe(true);
  });
});
