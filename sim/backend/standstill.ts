/**
 * Whether a run whose time is over was stuck, though its operations succeeded: its nodes asked etcd again and again, and
 * always got the same. A run that may have progressed is none.
 */
import type { Activity } from '../engine/activity.js';
import type { Operation } from '../history/history.js';
import { canonicalJson } from '../input/canonical-json.js';

const KINDS_MAX = 3;

/** Whether requests for keys are among the most frequent of the recent events. */
export function pollsEtcd(activity: Activity): boolean {
  return activity.recent(KINDS_MAX).some(({ label }) => label.startsWith('KV.'));
}

/**
 * Whether each operation that a node repeated after that time ended like the one before.
 *
 * @param what has to be alike
 */
export function areAlike(
  operations: readonly Operation[],
  fromUs: number,
  what: 'outputs' | 'inputs and outputs' = 'outputs',
): boolean {
  const ends = new Map<string, string>();
  return operations.every(({ node, name, input, return: end, outcome }) => {
    if (end === undefined || end.timeUs <= fromUs) return true;
    const of = JSON.stringify([node, name]);
    const output = outcome?.kind === 'ok' ? canonicalJson(outcome.output) : 'no success';
    const how = what === 'outputs' ? output : `${canonicalJson(input)} ${output}`;
    const before = ends.get(of) ?? how;
    ends.set(of, how);
    return how === before;
  });
}
