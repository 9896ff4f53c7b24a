/** Asks the operating system for its processes. */
import { execFileSync } from 'node:child_process';

interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly state: string;
  readonly command: string;
}

/** All living descendants of a process, without the `ps` that lists them. */
export function descendants(pid: number): ProcessEntry[] {
  const all = list();
  const below = (parent: number): ProcessEntry[] =>
    all.filter((entry) => entry.parent === parent).flatMap((entry) => [entry, ...below(entry.pid)]);
  return below(pid);
}

/** Whether a process runs; a zombie does not. */
export function isRunning(pid: number): boolean {
  return list().some((entry) => entry.pid === pid);
}

function list(): ProcessEntry[] {
  const output = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat=,args='], { encoding: 'utf8' });
  return output
    .trim()
    .split('\n')
    .map((line) => {
      const [pid, parent, state = '', ...command] = line.trim().split(/\s+/);
      return { pid: Number(pid), parent: Number(parent), state, command: command.join(' ') };
    })
    .filter(({ state, command }) => !state.startsWith('Z') && !command.startsWith('ps -A'));
}
