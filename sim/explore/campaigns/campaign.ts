/**
 * A campaign makes several runs of one seed, each chosen by what came of those before it. Invariant: a campaign is a
 * function of its seed's plan alone, so that the same seed makes the same runs.
 */
import fc, { type Arbitrary } from 'fast-check';
import type { Call } from '../../history/calls.js';
import type { RunResult } from '../../run/run-result.js';
import type { FaultSelection } from '../fault-selection.js';
import type { Plan } from '../../plan/plan.js';
import type { Scenario } from '../../scenario/scenario.js';
import { windowsUs } from '../../plan/strategy-spec.js';

export const campaignKinds = ['exhaustive', 'guided'] as const;
export type CampaignKind = (typeof campaignKinds)[number];

/** The plan, and every order of events of a small part of it that differs from that of time in few choices. */
export interface ExhaustiveSpec {
  readonly kind: 'exhaustive';
  /** How far apart two events may be due of which either may happen first, in microseconds. */
  readonly windowUs: number;
  /** In how many choices, at most. */
  readonly deviationsMax: number;
  /** It ends after so many runs, complete or not. */
  readonly runsMax: number;
}

/** Mutations of whatever reached something new, and plans drawn anew. */
export interface GuidedSpec {
  readonly kind: 'guided';
  readonly runsMax: number;
}

export type CampaignSpec = ExhaustiveSpec | GuidedSpec;

/** A choice of a run: which of its candidates could be next and would make a difference, by their places. */
export interface OpenChoice {
  readonly deviations: readonly number[];
}

/** A run of a campaign. */
export interface Attempt {
  readonly result: RunResult;
  /** In order; none where the campaign does not ask for them. */
  readonly choices: readonly OpenChoice[];
  /** Likewise. */
  readonly calls: readonly Call[];
}

/** What a campaign starts from. */
export interface CampaignGround {
  readonly scenario: Scenario;
  readonly plan: Plan;
  /** Which faults its plans may have. */
  readonly faults: FaultSelection;
}

/** The next plan to run, and what the campaign has to know of the run besides its result. */
export interface Trial {
  readonly plan: Plan;
  readonly wants: 'choices' | 'calls';
}

/** Yields what to run next and is told what came of it; returns whether nothing is left to try. */
export type Campaign = Generator<Trial, boolean, Attempt>;

export const campaignArbitraries: { readonly [kind in CampaignKind]: Arbitrary<CampaignSpec> } = {
  exhaustive: fc
    .constantFrom(...windowsUs)
    .map((windowUs) => ({ kind: 'exhaustive', windowUs, deviationsMax: 2, runsMax: 100 })),
  guided: fc.constant({ kind: 'guided', runsMax: 30 }),
};
