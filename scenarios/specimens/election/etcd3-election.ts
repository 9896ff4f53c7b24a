/**
 * `election()` of etcd3 as it is, used as its documentation shows: a campaign is waited for, observers are listened to.
 * Invariant: nothing of it is mended here.
 */
import type { Campaign } from 'etcd3';
import {
  SESSION_TTL_SECONDS,
  type CandidateSession,
  type Leading,
  type OpenElector,
} from '../../election/handle.js';

export const openEtcd3Elections: OpenElector = ({ client, prefix }) => {
  const place = client.namespace(prefix);
  const electionOf = (name: string) => place.election(name, SESSION_TTL_SECONDS);

  async function leadingOf(name: string, campaign: Campaign, lost: AbortSignal): Promise<Leading> {
    const key = `election/${name}/${(await campaign.getCampaignKey()).split('/').at(-1) ?? ''}`;
    const { kvs, header } = await place.get(key).exec();
    return {
      key,
      token: Number(kvs[0]?.create_revision ?? 0),
      elected: Number(header.revision),
      lost,
      async proclaim(value) {
        await campaign.proclaim(value);
        return {};
      },
      resign: () => campaign.resign(),
    };
  }

  return {
    // Each campaign has a lease of its own.
    openSession: () =>
      Promise.resolve<CandidateSession>({
        alive: true,
        async campaign(name, value, signal) {
          const campaign = electionOf(name).campaign(value);
          const lost = new AbortController();
          campaign.on('error', (error) => lost.abort(error));
          const givenUp = new Promise<never>((_, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
          });
          try {
            await Promise.race([campaign.wait(), givenUp]);
          } catch (error) {
            await campaign.resign();
            throw error;
          }
          return leadingOf(name, campaign, lost.signal);
        },
        close: () => Promise.resolve(),
      }),
    async leader(name) {
      const observer = await electionOf(name).observe();
      observer.on('error', () => undefined);
      try {
        return observer.leader();
      } finally {
        await observer.cancel();
      }
    },
    async observe(name, signal, tell) {
      const observer = await electionOf(name).observe();
      const failed = new Promise<void>((resolve) => {
        observer.on('error', () => resolve());
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
      const present = observer.leader();
      if (present !== undefined) tell(present);
      observer.on('change', (leader) => {
        if (leader !== undefined && !signal.aborted) tell(leader);
      });
      await failed;
      await observer.cancel();
    },
    end: () => undefined,
  };
};
