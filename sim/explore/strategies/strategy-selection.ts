/**
 * Which strategies seeds get: what `--strategy` takes. Some order the events of one run, some make a campaign of several
 * runs of one seed. Invariant: the text of a selection parses back to the same selection.
 */
import fc, { type Arbitrary } from 'fast-check';
import { expected, malformed, ok, type Parsed } from '../../input/parsed.js';
import { campaignArbitraries, campaignKinds, type CampaignSpec } from '../campaigns/campaign.js';
import { drawnStrategyKinds, strategyArbitraries, type DrawnStrategySpec } from '../../plan/strategy-spec.js';

/** By time alone, or otherwise. */
export const strategyNames = ['time', ...drawnStrategyKinds, ...campaignKinds] as const;
export type StrategyName = (typeof strategyNames)[number];

/** What each does, in a sentence. */
export const strategyDescriptions: { readonly [name in StrategyName]: string } = {
  time: 'What is due first is next.',
  walk: 'Of what is due within a short window anything may be next, each as likely.',
  pos: 'Partial-order sampling: of what is due within a short window the event with the highest priority is next, and what it raced with draws another priority.',
  pct: 'Of what is due within a short window the node or connection with the highest priority is next; at a few moments the priorities change.',
  exhaustive:
    'A campaign of several runs of a seed: a small part of its plan, in every order of events that differs from that of time in one choice or two.',
  guided:
    'A campaign of several runs of a seed: whatever reached something new is kept, and changed a little for half of the next runs; the others are drawn anew.',
};

/** One of these is drawn for each seed, each as likely; in the order of the names, none twice. */
export type StrategySelection = readonly StrategyName[];

/** What is best for its time over the specimens: see docs/benchmarks.md. */
export const mix: StrategySelection = ['time', 'walk', 'pos', 'pct'];

/** What a seed got: by time alone where it has neither. */
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

/** What `--strategy` takes for this selection. */
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
