/** Events live as long as etcd's leases, and locks of leaders are objects that only one can change. */
import { accepted } from '../../api.js';
import { makeNamespace, takeEvents, versionOf, type Chapter, type World } from '../world.js';

/** For the flag of the API server. Long enough to change an event before it ends, on a busy machine too. */
export const EVENT_TTL_SECONDS = 8;

export const expiring: Chapter = {
  name: 'expiring',
  async run(world) {
    const { api, transcript } = world;
    const namespace = await makeNamespace(world, 'expiring');
    const events = `${namespace}/events`;
    const start = await versionOf(world, events);
    const changes = takeEvents(world, `${events}?resourceVersion=${start}`, 5);
    const make = async (name: string): Promise<void> => {
      const involvedObject = { kind: 'Pod', name: 'a', namespace: 'expiring' };
      transcript.answer(
        'made',
        await api.create(events, { metadata: { name }, involvedObject, reason: 'Test' }),
      );
    };
    await make('early');
    await lead(world);
    await make('late');
    await api.patch(`${events}/late`, 'merge', { message: 'again' });
    const seen = await changes;
    // Which of two leases etcd ends first is not a promise of it.
    const ends = seen.filter(({ type }) => type === 'DELETED').map(({ object }) => object.metadata?.name);
    transcript.events(
      'changes',
      seen.filter(({ type }) => type !== 'DELETED'),
    );
    transcript.note('ended by itself', ends.sort());
    transcript.answer('what has ended', await api.get(`${events}/early`));
    transcript.answer('what is left', await api.get(events));
  },
};

/** One holds the lock; of three others that have read it, one takes it over. */
async function lead({ api, transcript }: World): Promise<void> {
  const leases = '/apis/coordination.k8s.io/v1/namespaces/expiring/leases';
  const held = (holder: string, resourceVersion = '') => ({
    metadata: { name: 'leader', resourceVersion },
    spec: { holderIdentity: holder, leaseDurationSeconds: 15 },
  });
  const first = accepted(await api.create(leases, held('one'))).metadata?.resourceVersion;
  transcript.answer('a second lock', await api.create(leases, held('two')));
  const answers = await Promise.all(
    ['two', 'three', 'four'].map((name) => api.request('PUT', `${leases}/leader`, held(name, first))),
  );
  transcript.note('taken over at once', answers.map(({ code }) => code).sort());
}
