/** `recipe priority-queue`: values in with a priority, values out, the smallest priority first. */
import { PriorityQueue } from '../../queue/priority-queue.js';
import { quote } from '../printable.js';
import type { Program, ProgramContext } from '../program.js';

const PRIORITY_MAX = 65_535;

export function open({ client, settings }: ProgramContext): Program {
  const name = settings.name ?? 'my-test-queue';
  const queue = new PriorityQueue(client, name);
  return {
    kind: 'interactive',
    name: `priority queue ${name}`,
    commands: [
      {
        usage: 'push VALUE PRIORITY',
        waiting: 'still pushing',
        givenUp: 'nothing was pushed',
        async run({ words: [value = '', priority = ''], signal }) {
          await queue.enqueue(value, parsePriority(priority), { signal });
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

function parsePriority(text: string): number {
  const priority = /^[0-9]{1,9}$/.test(text) ? Number(text) : NaN;
  if (priority <= PRIORITY_MAX) return priority;
  throw new Error(
    `PRIORITY is a whole number from 0 to ${PRIORITY_MAX}, the smallest leaves first; got ${quote(text)}`,
  );
}
