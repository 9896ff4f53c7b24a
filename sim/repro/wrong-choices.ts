/**
 * Reads the part of a repro's plan that says how its run is drawn and chosen: the strategy and the rerolls. Invariant: a
 * plan in which nothing is found wrong means what it says, to the last number.
 */
import type { Reroll } from '../engine/engine.js';
import { PCT_DEPTH_MAX, strategyKinds, type Pick } from '../explore/strategies/strategy-spec.js';
import { isListOf, isRecord, isSeed, isWhole } from './shapes.js';

/** What is wrong with a plan's strategy; undefined where nothing is. */
export function wrongStrategy(strategy: unknown): string | undefined {
  if (strategy === undefined) return undefined;
  const kind = isRecord(strategy) ? strategyKinds.find((known) => known === strategy['kind']) : undefined;
  if (!isRecord(strategy) || kind === undefined) {
    return `expected a strategy that there is (${strategyKinds.join(', ')})`;
  }
  if (!isWhole(strategy['windowUs'], { min: 0 })) {
    return `expected windowUs of the strategy ${kind} in whole microseconds`;
  }
  switch (kind) {
    case 'walk':
    case 'pos':
      return undefined;
    case 'pct': {
      const { depth, choices } = strategy;
      if (isWhole(depth, { min: 1, max: PCT_DEPTH_MAX }) && isWhole(choices, { min: 1 })) return undefined;
      return `expected a depth from 1 to ${PCT_DEPTH_MAX} and choices from 1 on of the strategy pct`;
    }
    case 'scripted': {
      const { picks } = strategy;
      if (isListOf(picks, isPick) && isAscending(picks.map(({ choice }) => choice))) return undefined;
      return 'expected picks of the strategy scripted, each with choice and place from 1 on, in order of their choices';
    }
    default:
      return kind satisfies never;
  }
}

/** What is wrong with a plan's rerolls; undefined where nothing is. */
export function wrongRerolls(rerolls: unknown): string | undefined {
  if (rerolls === undefined) return undefined;
  if (isListOf(rerolls, isReroll) && isAscending(rerolls.map(({ afterEvents }) => afterEvents)))
    return undefined;
  return 'expected rerolls, each with afterEvents from 0 on and a seed, in order of their events';
}

function isPick(value: unknown): value is Pick {
  return isRecord(value) && isWhole(value['choice'], { min: 1 }) && isWhole(value['place'], { min: 1 });
}

function isReroll(value: unknown): value is Reroll {
  if (!isRecord(value) || !isWhole(value['afterEvents'], { min: 0 }) || !isSeed(value['seed'])) return false;
  return value['spreadUs'] === undefined || isWhole(value['spreadUs'], { min: 0 });
}

/** Each more than the one before it. */
function isAscending(numbers: readonly number[]): boolean {
  return numbers.every((number, index) => index === 0 || number > (numbers[index - 1] ?? number));
}
