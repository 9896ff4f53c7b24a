/** Replacing a property and putting it back exactly as it was, own or inherited. */

/** Replaces `target[key]`; the returned function restores the original descriptor, or its absence. */
export function replace(target: object, key: PropertyKey, value: unknown): () => void {
  const original = Object.getOwnPropertyDescriptor(target, key);
  Object.defineProperty(target, key, {
    value,
    writable: true,
    configurable: true,
    enumerable: original?.enumerable ?? false,
  });
  return () => {
    if (original === undefined) Reflect.deleteProperty(target, key);
    else Object.defineProperty(target, key, original);
  };
}
