/** `recipe queue`: values in, values out, in the order in which they were put in. */
import { Queue } from '../../queue/queue.js';
import type { Program, ProgramContext } from '../program.js';

export function open({ client, settings }: ProgramContext): Program {
  const name = settings.name ?? 'my-test-queue';
  const queue = new Queue(client, name);
  return {
    kind: 'interactive',
    name: `queue ${name}`,
    commands: [
      {
        usage: 'push VALUE',
        waiting: 'still pushing',
        givenUp: 'nothing was pushed',
        async run({ words: [value = ''], signal }) {
          await queue.enqueue(value, { signal });
        },
      },
      {
        usage: 'pop',
        waiting: 'waiting: the queue is empty',
        givenUp: 'nothing was taken',
        async run({ signal, print }) {
          print((await queue.dequeue({ signal })).value);
        },
      },
    ],
    close: (options) => queue.close(options),
  };
}
