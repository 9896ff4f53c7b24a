/** etcd's events in the history's form. */
import type { IEvent, Namespace } from 'etcd3';
import type { ToldEvent } from '../../sim/check/watch.js';

/** @param prefix of the keys, which is not their own */
export function toldOf(
  { type, kv, prev_kv }: IEvent,
  prefix: Namespace['prefix'],
  withPrevious: boolean,
): ToldEvent {
  const previous = prev_kv as IEvent['prev_kv'] | null;
  return {
    type: type === 'Delete' ? 'delete' : 'put',
    key: kv.key.subarray(prefix.length).toString(),
    value: kv.value.toString(),
    revision: Number(kv.mod_revision),
    ...(withPrevious ? { previous: previous?.value.toString() ?? null } : {}),
  };
}
