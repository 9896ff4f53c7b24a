/**
 * The operator that replaces members of a real cluster for a fault. Invariant: one member at a time. If etcd
 * refuses to remove a member for long, it stays unchanged.
 */
import type { Replacement } from '../../faults/fault.js';
import type { ReferenceCount } from '../reference-count.js';
import type { Administrator } from './administrator.js';
import type { EtcdMembers } from './etcd-members.js';
import type { PeerProxies } from './peer-proxies.js';
import { poll } from './poll.js';

export interface ReplacementsParts {
  readonly members: EtcdMembers;
  /** Keeps members down. */
  readonly down: ReferenceCount;
  /** The proxies between the members; undefined if there are none. */
  readonly peers: PeerProxies | undefined;
}

/** 15 s: etcd wants members to have been connected for 5 s, and an election takes 2. */
const REPEATED = { attempts: 150, intervalMs: 100 };
/** 5 s: a member that was removed ends after one. */
const ENDING = { attempts: 100, intervalMs: 50 };
const GONE = 'member not found';
const PROMOTED = 'can only promote a learner member';
const NOT_IN_SYNC = 'in sync with leader';

export class Replacements {
  readonly #parts: ReplacementsParts;
  #isBusy = false;

  constructor(parts: ReplacementsParts) {
    this.#parts = parts;
  }

  /** Removes the member; the resolved function adds another in its place. */
  async begin(member: string, how: Replacement): Promise<() => Promise<void>> {
    if (this.#isBusy) throw new Error('another member is being replaced');
    this.#isBusy = true;
    try {
      await this.#remove(member, how);
    } catch (error) {
      this.#isBusy = false;
      throw error;
    }
    return async () => {
      try {
        await this.#add(member, how);
      } finally {
        this.#isBusy = false;
      }
    };
  }

  async #remove(member: string, { isLost }: Replacement): Promise<void> {
    const { members, down } = this.#parts;
    // It may be down.
    const all = await this.#ask(member, 'found', (asked) => asked.members());
    const id = all.find(({ name }) => name === member)?.ID ?? 0n;
    if (isLost) await down.begin(member);
    members.expectEnd(member, true);
    try {
      await this.#ask(member, 'removed', async (asked) => {
        await asked.removeMember(id).catch(unless(GONE));
      });
    } catch (error) {
      members.expectEnd(member, false);
      if (isLost) await down.end(member);
      throw error;
    }
    if (isLost) return;
    await poll(ENDING, () => (members.isRunning(member) ? undefined : true));
    await down.begin(member);
  }

  async #add(member: string, { asLearner }: Replacement): Promise<void> {
    const { members, down, peers } = this.#parts;
    const peerUrl = members.peerUrl(member);
    const all = await this.#ask(member, 'added', async (asked) => {
      const known = await asked.members();
      const isThere = known.some(({ peerURLs }) => peerURLs.includes(peerUrl));
      return isThere ? known : asked.addMember(peerUrl, asLearner);
    });
    const added = all.find(({ peerURLs }) => peerURLs.includes(peerUrl));
    if (added !== undefined) peers?.identify(member, added.ID);
    members.renew(
      member,
      all.flatMap(({ name, peerURLs }) => peerURLs.map((url) => `${url === peerUrl ? member : name}=${url}`)),
    );
    await down.end(member);
    if (!asLearner) return;
    await this.#ask(member, 'promoted', async (asked) => {
      await asked.promoteMember(added?.ID ?? 0n).catch((error: unknown) => {
        // The refusal of a member that has not caught up begins with the same words.
        if (String(error).includes(NOT_IN_SYNC) || !String(error).includes(PROMOTED)) throw error;
      });
    });
  }

  /** Asks each of the others until one of them does it. */
  async #ask<T>(member: string, done: string, request: (asked: Administrator) => Promise<T>): Promise<T> {
    const { members } = this.#parts;
    let refusal: unknown;
    const answer = await poll(REPEATED, async () => {
      for (const name of members.names) {
        if (name === member) continue;
        try {
          return { value: await members.administer(name, request) };
        } catch (error) {
          refusal = error;
        }
      }
      return undefined;
    });
    if (answer !== undefined) return answer.value;
    throw new Error(`${member} could not be ${done}: ${String(refusal)}`);
  }
}

/** The error of a repeated request whose first attempt was applied. */
function unless(text: string): (error: unknown) => void {
  return (error) => {
    if (!String(error).includes(text)) throw error;
  };
}
