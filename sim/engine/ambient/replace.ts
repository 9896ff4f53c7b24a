/** Replacing a property and putting it back exactly as it was, own or inherited. */

/** Replaces `target[key]`; the returned function restores the original descriptor, or its absence. */
export function replace(target: object, key: PropertyKey, value: unknown): () => void {
  return redefine(target, key, { value, writable: true });
}

/** As {@link replace}, with a value that is asked for at every access. */
export function replaceGetter(target: object, key: PropertyKey, get: () => unknown): () => void {
  return redefine(target, key, { get });
}

/** As {@link replace}, with any kind of property. */
export function redefine(target: object, key: PropertyKey, descriptor: PropertyDescriptor): () => void {
  const original = Object.getOwnPropertyDescriptor(target, key);
  const enumerable = original?.enumerable ?? false;
  Object.defineProperty(target, key, { ...descriptor, configurable: true, enumerable });
  return () => {
    if (original === undefined) Reflect.deleteProperty(target, key);
    else Object.defineProperty(target, key, original);
  };
}
