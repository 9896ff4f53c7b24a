/** A strategy as data, part of the plan. */
import fc, { type Arbitrary } from 'fast-check';

export const strategyKinds = ['walk', 'pos', 'pct'] as const;
export type StrategyKind = (typeof strategyKinds)[number];

interface Windowed {
  /** How far apart two events may be due of which either may happen first, in microseconds. */
  readonly windowUs: number;
}

/** Any of those that may be next, each as likely. */
export interface WalkSpec extends Windowed {
  readonly kind: 'walk';
}

/** Partial-order sampling. */
export interface PosSpec extends Windowed {
  readonly kind: 'pos';
}

/** Probabilistic concurrency testing. */
export interface PctSpec extends Windowed {
  readonly kind: 'pct';
  /** How many ordering constraints a bug may have for it to be found with the promised probability. */
  readonly depth: number;
  /** Priorities change within the first so many choices. */
  readonly choices: number;
}

export type StrategySpec = WalkSpec | PosSpec | PctSpec;

/** Which strategies seeds get: always by time alone, one of the others, or any, drawn per seed. */
export const strategySelections = ['time', ...strategyKinds, 'mix'] as const;
export type StrategySelection = (typeof strategySelections)[number];

const windowUs = fc.constantFrom(500, 2000, 10_000, 50_000);

const arbitraries: { readonly [kind in StrategyKind]: Arbitrary<StrategySpec> } = {
  walk: windowUs.map((window) => ({ kind: 'walk', windowUs: window })),
  pos: windowUs.map((window) => ({ kind: 'pos', windowUs: window })),
  pct: fc
    .tuple(windowUs, fc.integer({ min: 2, max: 5 }), fc.constantFrom(50, 500, 5000))
    .map(([window, depth, choices]) => ({ kind: 'pct', windowUs: window, depth, choices })),
};

/** Undefined where time alone decides. */
export function drawStrategy(selection: StrategySelection): Arbitrary<StrategySpec | undefined> {
  switch (selection) {
    case 'time':
      return fc.constant(undefined);
    case 'mix':
      return fc.oneof(fc.constant(undefined), ...strategyKinds.map((kind) => arbitraries[kind]));
    default:
      return arbitraries[selection];
  }
}

/** Such as `pct of depth 3 within 2 ms`. */
export function describeStrategy(spec: StrategySpec): string {
  const depth = spec.kind === 'pct' ? ` of depth ${spec.depth}` : '';
  return `${spec.kind}${depth} within ${spec.windowUs / 1000} ms`;
}
