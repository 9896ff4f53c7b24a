/**
 * `election()` of etcd3, unmodified and used as its documentation shows: it awaits a campaign and listens to
 * observers. Invariant: nothing of it is fixed here.
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
    // It knows the key, but does not expose it.
    const { keyRevision } = campaign as unknown as { readonly keyRevision: string | symbol };
    if (typeof keyRevision === 'symbol') throw new Error('resigned meanwhile');
    return {
      key,
      token: Number(keyRevision),
      lost,
      async proclaim(value) {
        await campaign.proclaim(value);
        return {};
      },
      resign: () => campaign.resign(),
    };
  }

  return {
    // Each campaign has its own lease, so closing a session only closes its campaigns.
    openSession() {
      const campaigns = new Set<Campaign>();
      const closing = new AbortController();
      return Promise.resolve<CandidateSession>({
        get alive() {
          return !closing.signal.aborted;
        },
        async campaign(name, value, signal) {
          const campaign = electionOf(name).campaign(value);
          campaigns.add(campaign);
          const lost = new AbortController();
          campaign.on('error', (error) => lost.abort(error));
          closing.signal.addEventListener('abort', () => lost.abort(new Error('closed')), { once: true });
          // A campaign that is resigned never settles, as its documentation says.
          const givenUp = new Promise<never>((_, reject) => {
            for (const { signal: one } of [{ signal }, closing]) {
              one.addEventListener('abort', () => reject(one.reason as Error), { once: true });
            }
          });
          try {
            await Promise.race([campaign.wait(), givenUp]);
          } catch (error) {
            await campaign.resign();
            throw error;
          }
          return leadingOf(name, campaign, lost.signal);
        },
        async close() {
          closing.abort(new Error('closed'));
          await Promise.all([...campaigns].map((campaign) => campaign.resign()));
        },
      });
    },
    leader: (name) => electionOf(name).leader(),
    async observe(name, signal, tell) {
      const observer = await electionOf(name).observe();
      const failed = new Promise<void>((resolve) => {
        observer.on('error', () => resolve());
        // Faults may have made observe() take longer than its caller wanted to observe.
        if (signal.aborted) resolve();
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
