/**
 * A place in the ambient world, such as `Date.now`, and its replacement in a run. Invariant: the original can
 * be restored exactly, own or inherited.
 */

/** The descriptor for `target[key]`. */
export interface Slot {
  readonly target: object;
  readonly key: PropertyKey;
  readonly descriptor: PropertyDescriptor;
}

/** A slot for a value. A function keeps the name and the length of the original. */
export function slot(target: object, key: PropertyKey, value: unknown): Slot {
  const original = Reflect.get(target, key) as unknown;
  if (typeof value === 'function' && typeof original === 'function' && value !== original) {
    for (const name of ['name', 'length'] as const) {
      Object.defineProperty(value, name, { value: original[name], configurable: true });
    }
  }
  return { target, key, descriptor: { value, writable: true } };
}

/** Slots for a class: its instances must not lead to the original either. */
export function classSlots(target: object, key: PropertyKey, value: object): Slot[] {
  const original = Reflect.get(target, key) as { readonly prototype?: { readonly constructor?: unknown } };
  const { prototype } = original;
  const isOwn = prototype?.constructor === original;
  return [slot(target, key, value), ...(isOwn ? [slot(prototype, 'constructor', value)] : [])];
}

/** Where the property is, in the target or in what it inherits from. A replacement in front of it could be passed by. */
export function ownerOf(target: object, key: PropertyKey): object {
  for (let at: object | null = target; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    if (Object.hasOwn(at, key)) return at;
  }
  return target;
}

/** A slot for any kind of property. */
export function redefined(target: object, key: PropertyKey, descriptor: PropertyDescriptor): Slot {
  return { target, key, descriptor };
}

/**
 * A slot for a value that is computed at every access. A value assigned outside every node is kept and read
 * again there.
 *
 * @param get receives the value that would be there otherwise
 */
export function asked(target: object, key: PropertyKey, get: (native: unknown) => unknown): Slot {
  const original = find(target, key);
  let assigned: { readonly value: unknown } | undefined;
  const native = (receiver: unknown): unknown => {
    if (assigned !== undefined) return assigned.value;
    return original?.get === undefined
      ? original?.value
      : (Reflect.apply(original.get, receiver, []) as unknown);
  };
  return {
    target,
    key,
    descriptor: {
      get(this: unknown) {
        return get(native(this));
      },
      set(value: unknown) {
        assigned = { value };
      },
    },
  };
}

function find(target: object | null, key: PropertyKey): PropertyDescriptor | undefined {
  if (target === null) return undefined;
  return (
    Object.getOwnPropertyDescriptor(target, key) ?? find(Object.getPrototypeOf(target) as object | null, key)
  );
}

/** Fills the slot; returns how to restore the original, or undefined if nothing had to change. */
export function fill({ target, key, descriptor }: Slot): (() => void) | undefined {
  const original = Object.getOwnPropertyDescriptor(target, key);
  if (original?.configurable === false) return assign(target, key, descriptor, original);
  if (original !== undefined && original.value === descriptor.value && original.get === descriptor.get) {
    return undefined;
  }
  const enumerable = original?.enumerable ?? false;
  Object.defineProperty(target, key, { ...descriptor, configurable: true, enumerable });
  return () => {
    if (original === undefined) Reflect.deleteProperty(target, key);
    else Object.defineProperty(target, key, original);
  };
}

/** Those that are in their place; a getter need not tell. */
const assigned = new WeakSet<object>();

/** A function that can only be assigned, such as the command's `process.emit`. */
function assign(
  target: object,
  key: PropertyKey,
  descriptor: PropertyDescriptor,
  original: PropertyDescriptor,
): (() => void) | undefined {
  const value = descriptor.value as unknown;
  if (original.set === undefined || typeof value !== 'function' || assigned.has(value)) return undefined;
  const before = Reflect.get(target, key) as unknown;
  Reflect.set(target, key, value);
  assigned.add(value);
  return () => {
    assigned.delete(value);
    Reflect.set(target, key, before);
  };
}
