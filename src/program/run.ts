/**
 * One program in one process, from its first line to the revoked session. Invariant: however it ends, it releases what
 * it holds, or says that it could not.
 */
import { Etcd3 } from 'etcd3';
import { messageOf } from '../errors.js';
import type { ProgramName, Settings } from './arguments.js';
import { exitCodes } from './exit-codes.js';
import type { Program, ProgramContext } from './program.js';
import { Reachability } from './reachability.js';
import { Shell } from './shell.js';
import { Terminal, type Streams } from './terminal.js';

/** An etcd that cannot be reached shall not keep a program from ending. */
const CLOSING_MAX_MS = 3000;

/** Each program is loaded when it is asked for, with the one recipe that it is about. */
const programs: Readonly<Record<ProgramName, () => Promise<{ open(context: ProgramContext): Program }>>> = {
  queue: () => import('./programs/queue.js'),
  'priority-queue': () => import('./programs/priority-queue.js'),
  barrier: () => import('./programs/barrier.js'),
  'double-barrier': () => import('./programs/double-barrier.js'),
  bank: () => import('./programs/bank.js'),
  mutex: () => import('./programs/mutex.js'),
  election: () => import('./programs/election.js'),
};

/** The process around it. */
export interface Process extends Streams {
  on(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP', listener: () => void): unknown;
  exit(code: number): void;
}

/** Runs it; resolves with its exit code. */
export async function run(name: ProgramName, settings: Settings, process: Process): Promise<number> {
  const { open } = await programs[name]();
  const client = new Etcd3({ hosts: [...settings.addresses] });
  const terminal = new Terminal(process, interrupt);
  const tell = (line: string) => terminal.tell(line);
  const program = open({ client, settings, tell });
  const reachability = new Reachability(client, settings.addresses, tell);
  const shell = new Shell(program, terminal, reachability);
  let closing = false;
  let code: number = exitCodes.done;

  process.on('SIGINT', interrupt);
  process.on('SIGTERM', () => end(exitCodes.terminated));
  process.on('SIGHUP', () => end(exitCodes.hungUp));
  // A reader that goes away, as `recipe queue | head -1` does, is no error: the output has no reader any more.
  process.stdout.on('error', () => end(exitCodes.done));
  process.stderr.on('error', () => undefined);
  process.stdin.on('error', () => end(exitCodes.done));

  function interrupt(): void {
    if (!closing && shell.interrupt() !== 'insisted') return;
    tell('ended at once: a cancelled or released command may still take effect');
    process.exit(exitCodes.interrupted);
  }

  function end(why: number): void {
    code = why;
    shell.end();
  }

  reachability.watch();
  const ended = await shell.run();
  closing = true;
  reachability.close();
  terminal.end();
  await close(program, tell);
  client.close();
  if (code !== exitCodes.done) return code;
  return { done: exitCodes.done, failed: exitCodes.failed, 'given-up': exitCodes.interrupted }[ended];
}

async function close(program: Program, tell: (line: string) => void): Promise<void> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new Error('etcd does not answer')), CLOSING_MAX_MS);
  try {
    await program.close({ signal: late.signal });
  } catch (error) {
    tell(`cannot release the ${program.name}: ${messageOf(error)}`);
  } finally {
    clearTimeout(timer);
  }
}
