/** Our own elections, adapted to the scenario. */
import { Election, ElectionObserver, Session, type Leadership } from '../../src/index.js';
import { SESSION_TTL_SECONDS, type CandidateSession, type Leading, type OpenElector } from './handle.js';

export const openElections: OpenElector = ({ client, prefix }) => {
  const place = client.namespace(prefix);
  const observers = new Map<string, ElectionObserver>();
  const observerOf = (name: string) => {
    const observer = observers.get(name) ?? new ElectionObserver(place, name);
    observers.set(name, observer);
    return observer;
  };
  return {
    async openSession(): Promise<CandidateSession> {
      const session = await Session.open(place, { ttlSeconds: SESSION_TTL_SECONDS });
      const elections = new Map<string, Election>();
      const electionOf = (name: string) => {
        const election = elections.get(name) ?? new Election(session, name);
        elections.set(name, election);
        return election;
      };
      return {
        get alive() {
          return session.alive;
        },
        campaign: async (name, value, signal) =>
          leadingOf(await electionOf(name).campaign(value, { signal })),
        close: () => session.close(),
      };
    },
    leader: async (name) => (await observerOf(name).leader())?.value,
    async observe(name, signal, tell) {
      try {
        for await (const { value } of observerOf(name).observe({ signal })) tell(value);
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    },
    end: () => undefined,
  };
};

function leadingOf(leadership: Leadership): Leading {
  return {
    key: leadership.key,
    token: leadership.revision,
    elected: leadership.electedRevision,
    lost: leadership.signal,
    proclaim: (value) => leadership.proclaim(value),
    resign: () => leadership.resign(),
  };
}
