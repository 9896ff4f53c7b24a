/** Changes to data at one place: the damage that a hand, a merge or another version can do to a repro. */

export type Path = readonly (string | number)[];

/** Every place within a value. */
export function pathsOf(value: unknown, start: Path = []): Path[] {
  const own = start.length === 0 ? [] : [start];
  if (typeof value !== 'object' || value === null) return own;
  const keys: (string | number)[] = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return [...own, ...keys.flatMap((key) => pathsOf((value as never)[key], [...start, key]))];
}

/** Values that can replace the right one anywhere. */
const STRAY_VALUES: readonly unknown[] = [
  ...[null, true, false, '', 'x', '1', '\u0000\n', '__proto__', 'observer', 'é'.repeat(300)],
  ...[0, -1, 1, 1.5, 1e-7, -0.0001, 1e308, -1e308, 1e9, 2 ** 31, 2 ** 32, 2 ** 53],
  ...[[], {}, [null], [[]], { a: 1 }],
];

type Container = Record<string | number, unknown>;

/** The value with one change at the place. @param how,what any numbers: they choose the change */
export function mutated(value: object, path: Path, how: number, what: number): unknown {
  const copy = structuredClone(value) as unknown as Container;
  const parent = path.slice(0, -1).reduce<Container>((at, key) => at[key] as Container, copy);
  const key = path.at(-1) ?? '';
  switch (how % 6) {
    case 0:
      remove(parent, key);
      break;
    case 1:
      if (Array.isArray(parent)) parent.push(structuredClone(parent[Number(key)]));
      else parent[`${key}x`] = parent[key];
      break;
    case 2:
      if (typeof parent[key] === 'number') parent[key] = parent[key] * 1000;
      else if (Array.isArray(parent)) parent.reverse();
      else parent[key] = [parent[key]];
      break;
    default:
      parent[key] = STRAY_VALUES[what % STRAY_VALUES.length];
  }
  return copy;
}

function remove(parent: Container, key: string | number): void {
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else delete parent[key];
}
