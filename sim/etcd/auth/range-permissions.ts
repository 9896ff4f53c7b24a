/**
 * What one user may read and write by all roles together. Built anew whenever users or roles change, from the
 * permissions in the order of the user's roles and of each role's own. Invariant: never changes once it is built.
 */
import type { ByteString } from '../byte-string.js';
import { PERMISSION_TYPE, type Permission } from '../wire/auth.js';
import { IntervalTree, pointOf, type Interval } from './interval-tree.js';

export type Access = 'read' | 'write';

export class RangePermissions {
  readonly #trees: Readonly<Record<Access, IntervalTree>>;

  /** @param splitsByEnd how the trees grow; see {@link IntervalTree} */
  constructor(permissions: Iterable<Permission>, splitsByEnd: boolean) {
    this.#trees = { read: new IntervalTree(splitsByEnd), write: new IntervalTree(splitsByEnd) };
    for (const { permType, key, rangeEnd } of permissions) {
      const interval = intervalOf(key, rangeEnd);
      // An unknown type is kept and permits nothing.
      if (permType === PERMISSION_TYPE.read || permType === PERMISSION_TYPE.readWrite) {
        this.#trees.read.insert(interval);
      }
      if (permType === PERMISSION_TYPE.write || permType === PERMISSION_TYPE.readWrite) {
        this.#trees.write.insert(interval);
      }
    }
  }

  /**
   * True where the whole range is permitted.
   *
   * @param end empty or absent for the key alone, a zero byte for "from the key on"
   */
  permits(access: Access, key: ByteString, end: ByteString | undefined): boolean {
    const tree = this.#trees[access];
    if (end === undefined || end === '') return tree.intersects(pointOf(key));
    return tree.contains(intervalOf(key, end));
  }
}

function intervalOf(key: ByteString, end: ByteString): Interval {
  if (end === '') return pointOf(key);
  return { begin: key, end: end === '\0' ? '' : end };
}
