/**
 * The identity of processes and machines: process id, host name, addresses, memory, load. Each node has its
 * own: a unique process id that changes with a restart, its name as host name, and fixed measurements.
 * Invariant: no answer to a node comes from the real machine.
 */
// eslint-disable-next-line no-restricted-imports -- what it tells of the machine is replaced
import os from 'node:os';
import tty from 'node:tty';
import { asked, slot, type Slot } from './slot.js';
import { surroundings, type Surroundings } from './surroundings.js';

type AnyFunction = (...parameters: unknown[]) => unknown;

const MEBIBYTE = 2 ** 20;
const TOTAL_MEMORY = 4096 * MEBIBYTE;
const FREE_MEMORY = 2048 * MEBIBYTE;
const MEMORY_USAGE = {
  rss: 64 * MEBIBYTE,
  heapTotal: 32 * MEBIBYTE,
  heapUsed: 16 * MEBIBYTE,
  external: MEBIBYTE,
  arrayBuffers: MEBIBYTE,
};
const CPUS = 2;
const USER = { uid: 1000, gid: 1000, username: 'node', homedir: '/var/lib/node', shell: null };
const RESOURCES = [
  'userCPUTime systemCPUTime maxRSS sharedMemorySize unsharedDataSize unsharedStackSize minorPageFault majorPageFault',
  'swappedOut fsRead fsWrite ipcSent ipcReceived signalsCount voluntaryContextSwitches involuntaryContextSwitches',
].flatMap((names) => names.split(' '));

/** Four bytes derived from the name, for addresses (FNV-1a). */
function bytesOf(name: string): number[] {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(name)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return [hash >>> 24, (hash >>> 16) & 0xff, (hash >>> 8) & 0xff, hash & 0xff];
}

function networkInterfaces({ hostname }: Surroundings): Record<string, os.NetworkInterfaceInfo[]> {
  const [first = 0, ...others] = bytesOf(hostname);
  const mac = ['02', '00', ...[first, ...others].map((byte) => byte.toString(16).padStart(2, '0'))].join(':');
  const address = ['10', ...others].join('.');
  const loopback = { address: '127.0.0.1', netmask: '255.0.0.0', mac: '00:00:00:00:00:00', internal: true };
  const ethernet = { address, netmask: '255.0.0.0', mac, internal: false };
  return {
    lo: [{ ...loopback, family: 'IPv4', cidr: '127.0.0.1/8' }],
    eth0: [{ ...ethernet, family: 'IPv4', cidr: `${address}/8` }],
  };
}

function cpus(): os.CpuInfo[] {
  const times = { user: 0, nice: 0, sys: 0, idle: 0, irq: 0 };
  return Array.from({ length: CPUS }, () => ({ model: 'virtual', speed: 1000, times: { ...times } }));
}

/** Calls `answer` in a node and Node.js elsewhere. */
function answered(
  target: object,
  name: string,
  answer: (here: Surroundings, parameters: unknown[]) => unknown,
): Slot[] {
  const native = Reflect.get(target, name) as AnyFunction | undefined;
  if (typeof native !== 'function') return [];
  const replaced = function (this: unknown, ...parameters: unknown[]): unknown {
    const here = surroundings();
    return here === undefined ? Reflect.apply(native, this, parameters) : answer(here, parameters);
  };
  // Properties of a function stay, such as `rss` on `memoryUsage` and `toString` on `os.hostname`.
  Object.defineProperties(replaced, Object.getOwnPropertyDescriptors(native));
  return [slot(target, name, replaced)];
}

const NO_TIME = (): object => ({ user: 0, system: 0 });

function processSlots(): Slot[] {
  const own = <T>(value: (here: Surroundings) => T) => {
    return (native: unknown) => {
      const here = surroundings();
      return here === undefined ? native : value(here);
    };
  };
  const memoryUsage = answered(process, 'memoryUsage', () => ({ ...MEMORY_USAGE }));
  return [
    asked(
      process,
      'pid',
      own(({ pid }) => pid),
    ),
    asked(
      process,
      'ppid',
      own(() => 1),
    ),
    asked(
      process,
      'argv',
      own(() => ['node', 'sim']),
    ),
    asked(
      process,
      'argv0',
      own(() => 'node'),
    ),
    asked(
      process,
      'execArgv',
      own(() => []),
    ),
    asked(
      process,
      'title',
      own(() => 'node'),
    ),
    ...memoryUsage,
    ...memoryUsage.flatMap(({ descriptor }) =>
      answered(descriptor.value as object, 'rss', () => MEMORY_USAGE.rss),
    ),
    ...answered(process, 'availableMemory', () => FREE_MEMORY),
    ...answered(process, 'constrainedMemory', () => TOTAL_MEMORY),
    ...answered(process, 'cpuUsage', NO_TIME),
    ...answered(process, 'threadCpuUsage', NO_TIME),
    ...answered(process, 'resourceUsage', () => Object.fromEntries(RESOURCES.map((name) => [name, 0]))),
    ...['getuid', 'geteuid'].flatMap((name) => answered(process, name, () => USER.uid)),
    ...['getgid', 'getegid'].flatMap((name) => answered(process, name, () => USER.gid)),
    ...answered(process, 'getgroups', () => [USER.gid]),
  ];
}

function machineSlots(): Slot[] {
  return [
    ...answered(tty, 'isatty', () => false),
    ...answered(os, 'hostname', ({ hostname }) => hostname),
    ...answered(os, 'networkInterfaces', networkInterfaces),
    ...answered(os, 'uptime', (here) => Math.floor(here.monotonicUs() / 10_000) / 100),
    ...answered(os, 'loadavg', () => [0, 0, 0]),
    ...answered(os, 'freemem', () => FREE_MEMORY),
    ...answered(os, 'totalmem', () => TOTAL_MEMORY),
    ...answered(os, 'cpus', cpus),
    ...answered(os, 'availableParallelism', () => CPUS),
    ...answered(os, 'release', () => '6.1.0'),
    ...answered(os, 'version', () => '#1 SMP'),
    ...answered(os, 'userInfo', () => ({ ...USER })),
    ...answered(os, 'homedir', () => USER.homedir),
    ...answered(os, 'tmpdir', () => '/tmp'),
    ...answered(os, 'getPriority', () => 0),
  ];
}

/** `navigator`, if Node.js has it. */
function navigatorSlots(): Slot[] {
  const { Navigator } = globalThis as { readonly Navigator?: { readonly prototype: object } };
  if (Navigator === undefined) return [];
  const fixed = { hardwareConcurrency: CPUS, language: 'en-US', languages: ['en-US'] };
  return Object.entries(fixed).map(([name, value]) =>
    asked(Navigator.prototype, name, (native) => (surroundings() === undefined ? native : value)),
  );
}

/** Everything that names a process or a machine, or measures it. */
export function identity(): Slot[] {
  return [...processSlots(), ...machineSlots(), ...navigatorSlots()];
}
