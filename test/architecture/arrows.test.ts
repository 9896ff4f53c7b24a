/** Dependencies point one way, as the tree of folders draws it; the pure rooms import no I/O; nothing is circular. */
import { builtinModules } from 'node:module';
import { describe, expect, it } from 'vitest';
import { cyclesOf, importsOf, sources, type Import } from './sources.js';

/**
 * The rooms, and which rooms each may import. A file directly under `sim/` is a room of its own. Adding an
 * arrow is a decision: it must not point upward.
 */
const arrows: Readonly<Record<string, readonly string[]>> = {
  src: [],
  // The interactive programs: the library's first users, with a terminal. The library does not know them.
  'src/program': ['src'],
  // Parsing of input, and the words that every layer shares.
  'sim/input': [],
  'sim/version.ts': [],
  'sim/package-root.ts': [],
  // The world: time, then etcd, then the network between them.
  'sim/engine': [],
  'sim/etcd': [],
  // The engine's ambient functions, for good.
  'sim/register.ts': ['sim/engine'],
  'sim/network': ['sim/engine', 'sim/etcd'],
  'sim/faults': ['sim/input', 'sim/network'],
  // The result of drawing a seed for a scenario, as data: the types that scenarios, runs and histories need.
  'sim/plan': ['sim/engine', 'sim/etcd', 'sim/faults', 'sim/input'],
  // What happened, and how to judge it.
  'sim/history': ['sim/input', 'sim/etcd', 'sim/plan'],
  'sim/check': ['sim/input', 'sim/history'],
  'sim/scenario': ['sim/input', 'sim/faults', 'sim/plan', 'sim/history', 'sim/check'],
  // One execution and its result, as data.
  'sim/run': ['sim/engine', 'sim/plan', 'sim/history', 'sim/check', 'sim/scenario'],
  // A recorded run at a moment: for the page, which takes its code too, and for stepping.
  'sim/moment': ['sim/history', 'sim/run'],
  'sim/explore': [
    'sim/input',
    'sim/engine',
    'sim/etcd',
    'sim/faults',
    'sim/plan',
    'sim/history',
    'sim/scenario',
    'sim/run',
  ],
  // Threads and signals: watches the process from outside, and knows a run only through the engine's
  // heartbeat.
  'sim/watchdog': ['sim/engine'],
  'sim/backend': [
    'sim/input',
    'sim/package-root.ts',
    'sim/engine',
    'sim/etcd',
    'sim/network',
    'sim/faults',
    'sim/plan',
    'sim/history',
    'sim/scenario',
    'sim/run',
    'sim/explore',
  ],
  // The in-memory etcd compared with the real one.
  'sim/conformance': ['sim/etcd', 'sim/backend'],
  // The registries' contents, for people.
  'sim/docs': ['sim/input', 'sim/check', 'sim/etcd', 'sim/faults', 'sim/explore', 'sim/repro', 'sim/report'],
  // The in-memory etcd for clients of the real world.
  'sim/serve': ['sim/input', 'sim/etcd', 'sim/network', 'sim/backend'],
  // Failures as files.
  'sim/repro': ['sim/input', 'sim/engine', 'sim/plan', 'sim/explore', 'sim/run', 'sim/scenario'],
  'sim/report': [
    'sim/input',
    'sim/package-root.ts',
    'sim/version.ts',
    'sim/engine',
    'sim/repro',
    'sim/etcd',
    'sim/check',
    'sim/plan',
    'sim/explore',
    'sim/history',
    'sim/moment',
    'sim/run',
  ],
  // The use cases: check, replay, shrink, explain, the corpus. No terminal, no process.
  'sim/harness': [
    'sim/backend',
    'sim/check',
    'sim/engine',
    'sim/etcd',
    'sim/explore',
    'sim/faults',
    'sim/history',
    'sim/input',
    'sim/moment',
    'sim/plan',
    'sim/report',
    'sim/repro',
    'sim/run',
    'sim/scenario',
    'sim/version.ts',
    'sim/watchdog',
  ],
  'sim/cli': ['sim/*'],
  // `simTest`.
  'sim/vitest': ['sim/harness', 'sim/register.ts'],
  'sim/index.ts': ['sim/*'],
  scenarios: ['src', 'sim/*'],
  bench: ['sim/*', 'scenarios'],
  test: ['src', 'src/program', 'sim/*', 'scenarios', 'bench', 'reports'],
  tools: [],
  // Runs in a browser: types only, and the code of sim/moment.
  reports: ['sim/input', 'sim/check', 'sim/history', 'sim/moment', 'sim/run', 'sim/report'],
};

/** Built-in modules that a pure room may use, each with its reason. */
const allowedBuiltins: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  src: { 'node:events': 'lifts the limit of listeners of one signal' },
  'sim/engine': {
    'node:async_hooks': 'tells which virtual node is asking',
    'node:crypto': 'hashes the trace; its random functions are replaced for a run',
    'node:buffer': 'its File takes the time of a node',
    'node:events': 'holds the listeners of a node',
    'node:inspector': 'is barred to nodes',
    'node:tty': 'is replaced for a run',
    'node:os': 'is replaced for a run',
    'node:perf_hooks': 'is barred to nodes',
    'node:v8': 'is barred to nodes',
    'node:vm': 'is barred to nodes',
    'node:timers': 'is replaced for a run',
    'node:timers/promises': 'is replaced for a run',
    'node:util': 'promisify.custom, for the replaced timers',
    'node:module': 'tells the module loader that built-in modules were replaced',
    'node:child_process': 'is barred to nodes',
    'node:dgram': 'is barred to nodes',
    'node:dns': 'is barred to nodes',
    'node:fs': 'is barred to nodes',
    'node:http': 'is barred to nodes',
    'node:net': 'is barred to nodes',
    'node:worker_threads': 'is barred to nodes',
    'node:zlib': 'is barred to nodes',
  },
  'sim/etcd': { 'node:crypto': 'hashes a snapshot: a pure function of its bytes' },
  'sim/network': {},
  'sim/faults': {},
  'sim/history': {},
  'sim/check': {},
  'sim/scenario': {},
  'sim/moment': {},
  'sim/explore': {},
  'sim/plan': {},
  'sim/run': {},
  'sim/input': {},
};

/** Packages that a room may use; unlisted ones are forbidden. */
const allowedPackages: Readonly<Record<string, readonly string[]>> = {
  src: ['etcd3', '@grpc/grpc-js'],
  'src/program': ['etcd3'],
  'sim/engine': ['seedrandom'],
  'sim/network': ['@grpc/grpc-js'],
  'sim/input': ['valibot'],
  'sim/faults': ['fast-check', 'valibot'],
  'sim/history': ['etcd3'],
  'sim/check': ['valibot'],
  'sim/plan': ['fast-check'],
  'sim/scenario': ['etcd3', 'fast-check', 'valibot'],
  'sim/explore': ['fast-check', 'valibot'],
  'sim/repro': ['valibot'],
  'sim/report': ['valibot'],
  'sim/serve': ['@grpc/grpc-js', 'etcd3', 'valibot'],
  'sim/harness': ['etcd3', 'fast-check', 'valibot', '@grpc/grpc-js', 'cockatiel'],
  // A config file in TypeScript.
  'sim/cli': ['jiti'],
  'sim/vitest': ['vitest'],
  'sim/docs': ['@valibot/to-json-schema'],
  'sim/backend': ['etcd3', '@grpc/grpc-js', 'cockatiel', 'toxiproxy-node-client'],
  'sim/conformance': ['@grpc/grpc-js', 'fast-check'],
  scenarios: ['etcd3', 'cockatiel', 'fast-check'],
  bench: [
    'etcd3',
    '@grpc/grpc-js',
    'fast-check',
    'seedrandom',
    '@stryker-mutator/api',
    '@stryker-mutator/core',
    'vitest',
    // The manifests for Kubernetes.
    'yaml',
  ],
};

const imports = sources.flatMap(importsOf);
const builtins = new Set(builtinModules.flatMap((name) => [name, `node:${name}`]));

/** The room of a file. */
function roomOf(file: string): string {
  const [first = '', second = ''] = file.split('/');
  if (first === 'src' && second === 'program') return 'src/program';
  return first === 'sim' ? `sim/${second}` : first;
}

function isOurs(name: string): boolean {
  return /^(src|sim|scenarios|bench|test|tools|reports)\//.test(name);
}

function mayLook(from: string, to: string): boolean {
  if (from === to) return true;
  // The library's entry is for outside users.
  if (from.startsWith('sim/') && to === 'sim/index.ts') return false;
  return (arrows[from] ?? []).some((room) => room === to || (room === 'sim/*' && to.startsWith('sim/')));
}

function say(list: readonly Import[]): string[] {
  return list.map(({ from, to, line }) => `${from}:${line} imports ${to}`);
}

function packageOf(name: string): string {
  return name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');
}

describe('rooms', () => {
  it('are all on the map', () => {
    const unknown = sources
      .map((source) => roomOf(source.path))
      .filter((room) => !Object.hasOwn(arrows, room));
    expect([...new Set(unknown)]).toEqual([]);
  });

  it('import only what the map allows', () => {
    const wrong = imports.filter(({ from, to }) => isOurs(to) && !mayLook(roomOf(from), roomOf(to)));
    expect(say(wrong)).toEqual([]);
  });

  it('import only types from others where they run in a page', () => {
    const rooms = ['reports', 'sim/moment'];
    const wrong = imports.filter(
      ({ from, to, typeOnly }) => rooms.includes(roomOf(from)) && !rooms.includes(roomOf(to)) && !typeOnly,
    );
    expect(say(wrong)).toEqual([]);
  });

  it('reach only files of this project by a relative path', () => {
    expect(say(imports.filter(({ to }) => to.startsWith('..')))).toEqual([]);
  });

  it.each(Object.keys(allowedBuiltins))('that are pure import no I/O: %s', (room) => {
    const wrong = imports.filter(({ from, to }) => {
      if (roomOf(from) !== room || !builtins.has(to)) return false;
      return !Object.hasOwn(allowedBuiltins[room] ?? {}, to);
    });
    expect(say(wrong)).toEqual([]);
  });

  it('have no unused built-in module in their list', () => {
    const idle = Object.entries(allowedBuiltins).flatMap(([room, reasons]) =>
      Object.keys(reasons).filter(
        (name) => !imports.some(({ from, to }) => roomOf(from) === room && to === name),
      ),
    );
    expect(idle).toEqual([]);
  });

  it('have no unused package in their list', () => {
    const idle = Object.entries(allowedPackages).flatMap(([room, names]) =>
      names
        .filter((name) => !imports.some(({ from, to }) => roomOf(from) === room && packageOf(to) === name))
        .map((name) => `${room} -> ${name}`),
    );
    expect(idle).toEqual([]);
  });

  it('use built-in modules with their prefix', () => {
    expect(say(imports.filter(({ to }) => builtins.has(to) && !to.startsWith('node:')))).toEqual([]);
  });

  it('use only their listed packages', () => {
    const wrong = imports.filter(({ from, to }) => {
      const room = roomOf(from);
      if (room === 'test' || room === 'tools' || isOurs(to) || to.startsWith('.') || builtins.has(to))
        return false;
      return !(allowedPackages[room] ?? []).includes(packageOf(to));
    });
    expect(say(wrong)).toEqual([]);
  });
});

describe('the map', () => {
  it('has no two rooms that may import each other', () => {
    const rooms = Object.keys(arrows);
    const mutual = rooms.flatMap((room) =>
      rooms.filter((other) => room < other && mayLook(room, other) && mayLook(other, room)),
    );
    expect(mutual).toEqual([]);
  });

  it('has no unused arrow', () => {
    const idle = Object.entries(arrows).flatMap(([from, rooms]) =>
      rooms
        .filter((to) => to !== 'sim/*')
        .filter((to) => !imports.some((one) => roomOf(one.from) === from && roomOf(one.to) === to))
        .map((to) => `${from} -> ${to}`),
    );
    expect(idle).toEqual([]);
  });
});

describe('circles', () => {
  // Types included: in a circle of types, none of the files can be read alone.
  const ours = imports.filter(({ from, to }) => isOurs(to) && !from.startsWith('test/'));

  it('are found if there are any', () => {
    const edges = new Map(Object.entries({ a: ['b'], b: ['c'], c: ['a'], d: ['a'], e: ['e'] }));
    const graph = new Map([...edges].map(([from, to]) => [from, new Set(to)]));
    expect(cyclesOf(graph)).toEqual([['a', 'b', 'c'], ['e']]);
  });

  it('do not exist between files', () => {
    expect(cyclesOf(edgesOf(ours, (file) => file))).toEqual([]);
  });

  it('do not exist between rooms', () => {
    expect(cyclesOf(edgesOf(ours, roomOf))).toEqual([]);
  });
});

function edgesOf(list: readonly Import[], place: (file: string) => string): Map<string, Set<string>> {
  const edges = new Map<string, Set<string>>();
  for (const { from, to } of list) {
    const [start, end] = [place(from), place(to)];
    const same = start === end && from !== to;
    if (!same) edges.set(start, (edges.get(start) ?? new Set()).add(end));
  }
  return edges;
}
