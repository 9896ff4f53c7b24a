/** A strategy as data, part of the plan. */
import fc, { type Arbitrary } from 'fast-check';

/** The strategies that may be drawn for a plan. */
export const drawnStrategyKinds = ['walk', 'pos', 'pct'] as const;
export const strategyKinds = [...drawnStrategyKinds, 'scripted'] as const;
export type DrawnStrategyKind = (typeof drawnStrategyKinds)[number];

interface Windowed {
  /** How far apart two events may be due and still swap, in microseconds. */
  readonly windowUs: number;
}

/** Any candidate, with equal probability. */
export interface WalkSpec extends Windowed {
  readonly kind: 'walk';
}

/** Partial-order sampling. */
export interface PosSpec extends Windowed {
  readonly kind: 'pos';
}

/** The most that a plan may have; drawn values are at most 5. */
export const PCT_DEPTH_MAX = 100;

/** Probabilistic concurrency testing. */
export interface PctSpec extends Windowed {
  readonly kind: 'pct';
  /** How many ordering constraints a bug may have and still be found with the promised probability. */
  readonly depth: number;
  /** Priorities change only during this many choices from the start. */
  readonly choices: number;
}

/** One choice that differs from the order of time. */
export interface Pick {
  /** Its number among all choices of the run, counted from 1. */
  readonly choice: number;
  /**
   * The index of the next candidate, in the order in which they are due. It is at least 1, because the
   * earliest is no deviation.
   */
  readonly place: number;
}

/** By time alone, except for a few choices. */
export interface ScriptedSpec extends Windowed {
  readonly kind: 'scripted';
  /** In order of the choices. */
  readonly picks: readonly Pick[];
}

export type DrawnStrategySpec = WalkSpec | PosSpec | PctSpec;
export type StrategySpec = DrawnStrategySpec | ScriptedSpec;

/** How far apart events may be due and still be swapped by a strategy. */
export const windowsUs = [500, 2000, 10_000, 50_000] as const;

const windowUs = fc.constantFrom(...windowsUs);

export const strategyArbitraries: { readonly [kind in DrawnStrategyKind]: Arbitrary<DrawnStrategySpec> } = {
  walk: windowUs.map((window) => ({ kind: 'walk', windowUs: window })),
  pos: windowUs.map((window) => ({ kind: 'pos', windowUs: window })),
  pct: fc
    .tuple(windowUs, fc.integer({ min: 2, max: 5 }), fc.constantFrom(50, 500, 5000))
    .map(([window, depth, choices]) => ({ kind: 'pct', windowUs: window, depth, choices })),
};

/** Such as `pct of depth 3 within 2 ms`. */
export function describeStrategy(spec: StrategySpec): string {
  const within = `within ${spec.windowUs / 1000} ms`;
  switch (spec.kind) {
    case 'walk':
    case 'pos':
      return `${spec.kind} ${within}`;
    case 'pct':
      return `pct of depth ${spec.depth} ${within}`;
    case 'scripted': {
      const choices = spec.picks.map(({ choice, place }) => `${place + 1} at choice ${choice}`);
      return choices.length === 0
        ? 'in order of time'
        : `in order of time except ${choices.join(', ')} ${within}`;
    }
    default:
      return spec satisfies never;
  }
}
