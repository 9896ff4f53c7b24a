/** The state that a page derives from a recording is the model's own at that moment of the same run. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { clockAt } from '../../sim/moment/processes-at.js';
import { StateIndex, type MomentState } from '../../sim/moment/state-at.js';
import { byteStringOfText, bytesOf, type ByteString } from '../../sim/etcd/byte-string.js';
import { Member } from '../../sim/etcd/cluster/member.js';
import { WatchHub } from '../../sim/etcd/watch/watch-hub.js';
import type { Watcher } from '../../sim/etcd/watch/watcher.js';
import type { VirtualNode } from '../../sim/engine/node.js';
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
  const processes = new Map<string, VirtualNode>();
  const { start } = Member.prototype;
  vi.spyOn(Member.prototype, 'start').mockImplementation(function (this: Member, ...given) {
    members.add(this);
    start.apply(this, given);
  });
  const { join, rejoin } = Network.prototype;
  vi.spyOn(Network.prototype, 'join').mockImplementation(function (this: Network, node) {
    networks.add(this);
    processes.set(node.name, node);
    join.call(this, node);
  });
  vi.spyOn(Network.prototype, 'rejoin').mockImplementation(function (this: Network, node) {
    processes.set(node.name, node);
    rejoin.call(this, node);
  });
  const { watch } = WatchHub.prototype;
  vi.spyOn(WatchHub.prototype, 'watch').mockImplementation(function (this: WatchHub, ...given) {
    const watcher = watch.apply(this, given);
    watchers.set(watcher, this);
    return watcher;
  });
  return { members, networks, watchers, processes };
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

const clockFaults = {
  kind: 'only',
  kinds: ['clock-jump', 'clock-drift', 'node-pause', 'node-crash'],
} as const;

/** A paused node still waits for calls of which the network has nothing left. */
const allButPauses = { kind: 'all', without: ['node-pause'] } as const;

describe.each([
  ['mutex', 3, faults],
  ['queue', 1, clockFaults],
  ['election', 3, allButPauses],
] as const)('the state of %s on %i members, event by event', (scenario, memberCount, drawn) => {
  it('is the model’s after every event looked at, clocks and processes included', async () => {
    const model = watchModel();
    const seen: { readonly event: number; readonly state: object }[] = [];
    let lastUs = 0;
    const processesNow = (): string[] =>
      [...model.processes.values()].map(({ name, alive, clock }) => {
        const { countedUs, wallMs } = clockAt(clock, lastUs);
        return `${name} ${alive} ${countedUs} ${wallMs}`;
      });
    const result = await recordedRun({
      scenario,
      members: memberCount,
      faults: drawn,
      onEvent({ number, timeUs }) {
        if (number % 5 === 0) {
          const { calls, ...state } = modelState(model);
          // A node hears that its connection is gone within the same microsecond, and not in the same event.
          // Of a dead process the network keeps calls until their members have heard of it.
          const alive = calls.filter((call) => model.processes.get(call.split(' ')[0] ?? '')?.alive);
          const settled = timeUs > lastUs ? { calls: alive } : {};
          seen.push({ event: number - 1, state: { ...state, ...settled, processes: processesNow().sort() } });
        }
        lastUs = timeUs;
      },
    });
    const index = new StateIndex({ result, recording: result.recording }, 'event');
    expect(seen.length).toBeGreaterThan(20);
    const times = result.recording?.events.timeUs ?? [];
    for (const { event, state } of seen) {
      const at = index.at(event);
      const processes = at.processes.map(({ node, isAlive, clock }) => {
        const { countedUs, wallMs } = clockAt(clock, times[event - 1] ?? 0);
        return `${node} ${isAlive} ${countedUs} ${wallMs}`;
      });
      const { calls, ...shown } = pageState(at);
      const derived = { ...shown, ...('calls' in state ? { calls } : {}), processes: processes.sort() };
      expect({ event, ...derived }).toEqual({ event, ...state });
    }
  });
});
