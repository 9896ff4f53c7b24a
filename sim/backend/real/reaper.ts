/**
 * Cleans up after this process when it cannot do so itself: a small shell that reads a pipe from us. When the
 * pipe ends because we are gone (by any signal, by SIGKILL, by an exception), it kills the processes that we
 * started and removes our directory. Invariant: it kills only process groups that we reported and did not
 * report as ended.
 *
 * Exceptions: the reaper itself is killed before us, or the machine stops before it can act. Proxies on a
 * given Toxiproxy are deleted only by an orderly end.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

const SCRIPT = `
trap '' INT TERM HUP
leaders=
while read -r verb leader; do
  case $verb in
    watch) leaders="$leaders $leader" ;;
    forget)
      others=
      for one in $leaders; do [ "$one" = "$leader" ] || others="$others $one"; done
      leaders=$others ;;
  esac
done
for one in $leaders; do kill -s KILL -- "-$one"; done 2>/dev/null
for attempt in 1 2 3 4 5; do rm -rf -- "$1" && exit; sleep 1; done 2>/dev/null
`;

export class Reaper {
  readonly #shell: ChildProcess;

  /** @param directory removed, with all its contents, when this process is gone or `close` is called */
  constructor(directory: string) {
    // Its own session: an interrupt from the terminal must not reach it before us.
    this.#shell = spawn('/bin/sh', ['-c', SCRIPT, 'etcd-sim-reaper', directory], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    // Losing it costs only the safety net.
    this.#shell.on('error', () => undefined);
    this.#shell.stdin?.on('error', () => undefined);
  }

  /** From now on this process group is killed if we are gone. */
  watch(leader: number): void {
    this.#shell.stdin?.write(`watch ${leader}\n`);
  }

  /** The process has ended, by itself or by us. */
  forget(leader: number): void {
    this.#shell.stdin?.write(`forget ${leader}\n`);
  }

  /** Kills all watched groups, removes the directory and ends. */
  async close(): Promise<void> {
    if (this.#shell.pid === undefined || this.#shell.exitCode !== null || this.#shell.signalCode !== null)
      return;
    const ended = once(this.#shell, 'exit');
    this.#shell.stdin?.end();
    await ended;
  }
}
