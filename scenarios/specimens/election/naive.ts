/**
 * Wrong on purpose: checks whether there is a leader and then stands, so that two that check at the same time
 * both lead.
 */
import { Session } from '../../../src/index.js';
import { SESSION_TTL_SECONDS, type CandidateSession, type OpenElector } from '../../election/handle.js';
import { pause } from '../../timing.js';

const LOOK_AGAIN_AFTER_MS = 5;

export const openNaiveElections: OpenElector = ({ client, prefix }) => {
  const place = client.namespace(prefix);
  const leaderOf = async (name: string) => {
    const { kvs } = await place.getAll().prefix(`${name}/`).sort('Create', 'Ascend').limit(1).exec();
    return kvs[0]?.value.toString();
  };
  return {
    async openSession(): Promise<CandidateSession> {
      const session = await Session.open(place, { ttlSeconds: SESSION_TTL_SECONDS });
      return {
        get alive() {
          return session.alive;
        },
        async campaign(name, value, signal) {
          while ((await leaderOf(name)) !== undefined) {
            signal.throwIfAborted();
            await pause(LOOK_AGAIN_AFTER_MS);
          }
          const key = `${name}/${BigInt(session.leaseId).toString(16)}`;
          const put = async (next: string) => {
            const reply = await place.put(key).value(next).lease(session.leaseId).exec();
            return { revision: Number(reply.header.revision) };
          };
          const { revision } = await put(value);
          return {
            ...{ key, token: revision, elected: revision, lost: session.signal, proclaim: put },
            async resign() {
              await place.delete().key(key);
            },
          };
        },
        close: () => session.close(),
      };
    },
    leader: leaderOf,
    async observe(name, signal, tell) {
      let told: string | undefined;
      while (!signal.aborted) {
        const leader = await leaderOf(name);
        if (leader !== undefined && leader !== told && !signal.aborted) tell(leader);
        told = leader;
        await pause(LOOK_AGAIN_AFTER_MS);
      }
    },
    end: () => undefined,
  };
};
