/** The option that chooses among the implementations of a scenario. */

/** @param variants by name, in the order people read them; the first is the default */
export function variantOption<const Name extends string>(
  variants: Readonly<Record<Name, unknown>>,
  description: string,
) {
  const [first, ...others] = Object.keys(variants) as [Name, ...Name[]];
  return { type: 'choice', default: first, choices: [first, ...others], description } as const;
}
