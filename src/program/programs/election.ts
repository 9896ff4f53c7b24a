/** `recipe election`: at most one leads, and everybody can ask who. */
import { Election } from '../../election/election.js';
import type { Leadership } from '../../election/leadership.js';
import type { Program, ProgramContext } from '../program.js';
import { SessionBound } from '../session-bound.js';

export function open({ client, settings, tell }: ProgramContext): Program {
  const { name = 'my-test-elect' } = settings;
  const election = new SessionBound(client, (session) => new Election(session, name), tell);
  let leadership: Leadership | undefined;
  const led = (): Leadership => {
    if (leadership === undefined || leadership.signal.aborted)
      throw new Error('campaign VALUE must come first');
    return leadership;
  };
  return {
    kind: 'interactive',
    name: `election ${name}`,
    commands: [
      {
        usage: 'campaign VALUE',
        waiting: 'waiting: another leads',
        givenUp: 'stopped campaigning',
        async run({ words: [value = ''], signal, print }) {
          if (leadership?.signal.aborted === false) throw new Error('this program already leads');
          leadership = await (await election.handle(signal)).campaign(value, { signal });
          election.tellLoss(leadership.signal);
          print('elected');
        },
      },
      {
        usage: 'proclaim VALUE',
        waiting: 'still proclaiming',
        givenUp: 'nothing was proclaimed',
        async run({ words: [value = ''], signal, print }) {
          await led().proclaim(value, { signal });
          print('proclaimed');
        },
      },
      {
        usage: 'resign',
        waiting: 'still resigning',
        givenUp: 'still leads',
        async run({ signal, print }) {
          await led().resign({ signal });
          leadership = undefined;
          print('resigned');
        },
      },
      {
        usage: 'leader',
        waiting: 'still asking',
        givenUp: 'no answer',
        async run({ signal, print }) {
          const leader = await (await election.handle(signal)).leader({ signal });
          print(leader === undefined ? 'no leader' : leader.value);
        },
      },
      {
        usage: 'observe',
        waiting: 'waiting: nobody leads',
        givenUp: 'stopped observing',
        async run({ signal, print }) {
          for await (const { value } of (await election.handle(signal)).observe({ signal })) print(value);
        },
      },
    ],
    close: (options) => election.close(options),
  };
}
