/**
 * The operating system's data about this process, which all members share. Invariant: missing data, as on
 * systems other than Linux, is left out.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { counter, gauge, type Family } from './exposition.js';

const MICROSECONDS = 1_000_000;

/** @param startedMs when the member's process began, since 1970 */
export function processFamilies(startedMs: number): readonly Family[] {
  const { user, system } = process.cpuUsage();
  return [
    counter('process_cpu_seconds_total', (user + system) / MICROSECONDS),
    gauge('process_resident_memory_bytes', process.memoryUsage.rss()),
    gauge('process_start_time_seconds', startedMs / 1000),
    ...known(virtualMemory),
    ...known(limits),
    ...known(openFiles),
  ];
}

function known(families: () => readonly Family[]): readonly Family[] {
  try {
    return families();
  } catch {
    return [];
  }
}

function virtualMemory(): readonly Family[] {
  const bytes = Number(/^VmSize:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * 1024;
  return [gauge('process_virtual_memory_bytes', bytes)];
}

function limits(): readonly Family[] {
  const text = readFileSync('/proc/self/limits', 'utf8');
  const limitOf = (name: string): number => {
    const soft = new RegExp(`^${name}\\s+(\\S+)`, 'm').exec(text)?.[1];
    return soft === 'unlimited' ? UNLIMITED : Number(soft);
  };
  const files = limitOf('Max open files');
  return [
    gauge('process_virtual_memory_max_bytes', limitOf('Max address space')),
    gauge('process_max_fds', files),
    gauge('os_fd_limit', files),
  ];
}

const UNLIMITED = 2 ** 64;

function openFiles(): readonly Family[] {
  // One is open for reading the list itself.
  const count = readdirSync('/proc/self/fd').length - 1;
  return [gauge('process_open_fds', count), gauge('os_fd_used', count)];
}
