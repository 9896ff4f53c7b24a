/**
 * The strategies that seeds get, as `--strategy` selects them. Some order the events of one run; others turn
 * one seed into a campaign of several runs. Invariant: the text of a selection parses back to the same
 * selection.
 */
import fc, { type Arbitrary } from 'fast-check';
import { expected, malformed, ok, type Parsed } from '../../input/parsed.js';
import { campaignArbitraries, campaignKinds, type CampaignSpec } from '../campaigns/campaign.js';
import { drawnStrategyKinds, strategyArbitraries, type DrawnStrategySpec } from '../../plan/strategy-spec.js';

/** By time alone, or with a strategy. */
export const strategyNames = ['time', ...drawnStrategyKinds, ...campaignKinds] as const;
export type StrategyName = (typeof strategyNames)[number];

/** What each does, in a sentence. */
export const strategyDescriptions: { readonly [name in StrategyName]: string } = {
  time: 'Takes the earliest event.',
  walk: 'Takes any event that is due within a short window, all equally likely.',
  pos: 'Partial-order sampling: takes the event with the highest priority within a short window, and draws new priorities for the events that raced with it.',
  pct: 'Takes an event of the node or connection with the highest priority within a short window; priorities change at a few moments.',
  exhaustive:
    'A campaign of several runs per seed: a small part of the plan, in every order that differs from the order of time in one or two choices.',
  guided:
    'A campaign of several runs per seed: it keeps runs that reached something new and varies them in half of the next runs; the others are drawn anew.',
};

/**
 * One of these is drawn for each seed, with equal probability; in the order of the names, without duplicates.
 */
export type StrategySelection = readonly StrategyName[];

/** The best for its time over the specimens: see docs/benchmarks.md. */
export const mix: StrategySelection = ['time', 'walk', 'pos', 'pct'];

/** A seed's strategy or campaign; by time alone if it has neither. */
export interface DrawnStrategy {
  readonly strategy?: DrawnStrategySpec;
  readonly campaign?: CampaignSpec;
}

/** Reads `mix`, or names separated by commas. */
export function parseStrategySelection(text: string): Parsed<StrategySelection> {
  if (text === 'mix') return ok(mix);
  const parts = text.split(',');
  const unknown = parts.find((part) => !strategyNames.some((name) => name === part));
  if (unknown === 'mix') return malformed('mix cannot be combined with other strategies');
  if (unknown !== undefined) {
    return expected(`mix or strategies (${strategyNames.join(', ')})`, unknown, ['mix', ...strategyNames]);
  }
  return ok(strategyNames.filter((name) => parts.includes(name)));
}

/** The value of `--strategy` for this selection. */
export function formatStrategySelection(selection: StrategySelection): string {
  const text = selection.join(',');
  return text === mix.join(',') ? 'mix' : text;
}

export function drawStrategy(selection: StrategySelection): Arbitrary<DrawnStrategy> {
  const [first, ...others] = selection.map(arbitraryOf);
  if (first === undefined) return fc.constant({});
  return others.length === 0 ? first : fc.oneof(first, ...others);
}

function arbitraryOf(name: StrategyName): Arbitrary<DrawnStrategy> {
  switch (name) {
    case 'time':
      return fc.constant({});
    case 'walk':
    case 'pos':
    case 'pct':
      return strategyArbitraries[name].map((strategy) => ({ strategy }));
    case 'exhaustive':
    case 'guided':
      return campaignArbitraries[name].map((campaign) => ({ campaign }));
    default:
      return name satisfies never;
  }
}
