/** `recipe double-barrier`: so many enter together, and leave together. */
import { DoubleBarrier } from '../../barrier/double-barrier.js';
import type { Program, ProgramContext } from '../program.js';
import { SessionBound } from '../session-bound.js';

export function open({ client, settings, tell }: ProgramContext): Program {
  const { name = 'my-test-doublebarrier', count } = settings;
  const barrier = new SessionBound(client, (session) => new DoubleBarrier(session, name, count), tell);
  return {
    kind: 'interactive',
    name: `double barrier ${name} of ${count}`,
    commands: [
      {
        usage: 'enter',
        waiting: `waiting: ${count} enter together`,
        givenUp: 'did not enter',
        async run({ signal, print }) {
          await (await barrier.handle(signal)).enter({ signal });
          print('enter');
        },
      },
      {
        usage: 'leave',
        waiting: `waiting: all leave together`,
        givenUp: 'stopped waiting for the others',
        async run({ signal, print }) {
          await (await barrier.handle(signal)).leave({ signal });
          print('leave');
        },
      },
    ],
    close: (options) => barrier.close(options),
  };
}
