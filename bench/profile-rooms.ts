/**
 * Sums a CPU profile by room: a folder of this package, or a package under node_modules. Invariant: the shares sum to 1, and
 * idle time is no part of them.
 */
import type { Profiler } from 'node:inspector';

const GARBAGE = 'garbage collection';
const CONTEXTS = 'AsyncLocalStorage';
const NODE = 'Node.js';
/** The profiler itself, which is no part of the runs. */
const PROFILER = 'profiler';

/** The packages of which the client consists count as one where they do one thing. */
const JOINED: ReadonlyMap<string, string> = new Map([
  ['protobufjs', 'protobuf'],
  ['@protobufjs', 'protobuf'],
  ['@grpc/proto-loader', 'protobuf'],
  ['long', 'protobuf'],
  ['cockatiel', 'etcd3'],
]);

/** Which part of the profile's time each room took. */
export function roomShares({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): Map<string, number> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const roomOf = new Map<number, string | undefined>();
  const [root] = nodes;
  if (root === undefined) return new Map();
  // A frame without a room belongs to its caller's.
  const stack = [{ node: root, caller: undefined as string | undefined }];
  for (;;) {
    const entry = stack.pop();
    if (entry === undefined) break;
    const room = ownRoom(entry.node.callFrame) ?? entry.caller;
    roomOf.set(entry.node.id, room);
    for (const id of entry.node.children ?? []) {
      const child = byId.get(id);
      if (child !== undefined) stack.push({ node: child, caller: room });
    }
  }
  const times = new Map<string, number>();
  let total = 0;
  for (const [index, id] of samples.entries()) {
    const node = byId.get(id);
    if (node === undefined || node.callFrame.functionName === '(idle)') continue;
    const took = timeDeltas[index] ?? 0;
    const room = roomOf.get(id) ?? NODE;
    if (room === PROFILER) continue;
    times.set(room, (times.get(room) ?? 0) + took);
    total += took;
  }
  return new Map([...times].map(([room, took]) => [room, took / total]));
}

function ownRoom({ url, functionName }: Profiler.ProfileNode['callFrame']): string | undefined {
  if (functionName === '(garbage collector)') return GARBAGE;
  if (/^node:.*inspector/.test(url)) return PROFILER;
  if (/^node:.*async_(hooks|local_storage|context)/.test(url)) return CONTEXTS;
  const [, packageName] = /.*\/node_modules\/(@[^/]+(?:\/[^/]+)?|[^/]+)\//.exec(url) ?? [];
  if (packageName !== undefined) return JOINED.get(packageName) ?? joinedScope(packageName) ?? packageName;
  return /\/dist\/(sim\/[^/]+|[^/]+)\//.exec(url)?.[1];
}

function joinedScope(packageName: string): string | undefined {
  return JOINED.get(packageName.split('/')[0] ?? '');
}
