/** `recipe mutex`: one at a time holds the lock. */
import { Mutex } from '../../mutex/mutex.js';
import type { HeldLock } from '../../mutex/held-lock.js';
import type { Program, ProgramContext } from '../program.js';
import { SessionBound } from '../session-bound.js';

export function open({ client, settings, tell }: ProgramContext): Program {
  const { name = 'my-test-lock' } = settings;
  const mutex = new SessionBound(client, (session) => new Mutex(session, name), tell);
  let held: HeldLock | undefined;
  return {
    kind: 'interactive',
    name: `mutex ${name}`,
    commands: [
      {
        usage: 'lock',
        waiting: 'waiting: the lock is held',
        givenUp: 'the lock was not taken',
        async run({ signal, print }) {
          if (held?.held === true) throw new Error('this program already holds the lock');
          // One that was lost keeps its place among the locks of this process until it is unlocked.
          await held?.unlock({ signal });
          held = undefined;
          held = await (await mutex.handle(signal)).lock({ signal });
          mutex.tellLoss(held.signal);
          print('locked');
          tell(`fencing token ${held.revision}`);
        },
      },
      {
        usage: 'unlock',
        waiting: 'still unlocking',
        givenUp: 'the unlock continues in the background',
        async run({ signal, print }) {
          if (held?.held !== true) throw new Error('this program does not hold the lock');
          await held.unlock({ signal });
          held = undefined;
          print('unlocked');
        },
      },
    ],
    close: (options) => mutex.close(options),
  };
}
