/** `recipe barrier`: processes wait at it until it is released. */
import { Barrier } from '../../barrier/barrier.js';
import type { Program, ProgramContext } from '../program.js';

export function open({ client, settings }: ProgramContext): Program {
  const name = settings.name ?? 'my-test-queue';
  const barrier = new Barrier(client, name);
  return {
    kind: 'interactive',
    name: `barrier ${name}`,
    commands: [
      {
        usage: 'hold',
        waiting: 'still trying to hold it',
        givenUp: 'this program does not hold it',
        async run({ signal, print }) {
          await barrier.hold({ signal });
          print('hold');
        },
      },
      {
        usage: 'release',
        waiting: 'still releasing',
        givenUp: 'nothing was released',
        async run({ signal, print }) {
          await barrier.release({ signal });
          print('released');
        },
      },
      {
        usage: 'wait',
        waiting: 'waiting: the barrier is held',
        givenUp: 'stopped waiting',
        async run({ signal, print }) {
          await barrier.wait({ signal });
          print('after wait');
        },
      },
    ],
    close: (options) => barrier.close(options),
  };
}
