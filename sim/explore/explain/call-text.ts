/** Calls in the words of a story: what a call belongs to, and what it wrote. */
import type { Call } from '../../history/calls.js';
import { OBSERVER } from '../../scenario/expect-nodes.js';

/** Of what was written at once at most so many keys are named. */
export const KEYS_MAX = 5;

/** The operation; for what is outside of any the node at that moment. */
export function causeOf({ node, operation, sent }: Call): string {
  return operation ?? `${node} at ${sent.order}`;
}

export function nameOf({ node, operation }: Call): string {
  return operation ?? (node === OBSERVER ? 'the setup' : node);
}

export function putsKey({ wrote }: Call, key: string): boolean {
  return wrote?.changes.some((change) => change.key === key && change.type === 'put') === true;
}

/** `put lock/a and 2 more and deleted lock/b; the answer never came`: the keys that matter, where any do. */
export function writeText({ wrote, answered }: Call, relevant: ReadonlySet<string>): string {
  const parts = (['put', 'delete'] as const).flatMap((type) => {
    const keys = (wrote?.changes ?? []).filter((change) => change.type === type).map(({ key }) => key);
    if (keys.length === 0) return [];
    const matter = keys.filter((key) => relevant.has(key));
    const named = (matter.length === 0 ? keys : matter).slice(0, KEYS_MAX);
    const more = keys.length > named.length ? ` and ${keys.length - named.length} more` : '';
    return [`${type === 'put' ? 'put' : 'deleted'} ${named.join(', ')}${more}`];
  });
  return `${parts.join(' and ') || 'wrote'}${answered ? '' : '; the answer never came'}`;
}
