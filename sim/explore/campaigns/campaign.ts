/**
 * A campaign makes several runs of one seed, each chosen from the results of the earlier ones. Invariant: a
 * campaign is a function only of its seed's plan, so the same seed makes the same runs.
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

/**
 * The plan, and every order of events of a small part of it that differs from the order of time in few
 * choices.
 */
export interface ExhaustiveSpec {
  readonly kind: 'exhaustive';
  /** How far apart two events may be due and still swap, in microseconds. */
  readonly windowUs: number;
  /** The most choices that may differ. */
  readonly deviationsMax: number;
  /** It ends after this many runs, complete or not. */
  readonly runsMax: number;
}

/** Mutations of runs that reached something new, and newly drawn plans. */
export interface GuidedSpec {
  readonly kind: 'guided';
  readonly runsMax: number;
}

export type CampaignSpec = ExhaustiveSpec | GuidedSpec;

/** A choice of a run: the candidates that could have been next with a different effect, by their index. */
export interface OpenChoice {
  readonly deviations: readonly number[];
}

/** A run of a campaign. */
export interface Attempt {
  readonly result: RunResult;
  /** In order; empty if the campaign does not request them. */
  readonly choices: readonly OpenChoice[];
  /** Likewise. */
  readonly calls: readonly Call[];
}

/** The input of a campaign. */
export interface CampaignGround {
  readonly scenario: Scenario;
  readonly plan: Plan;
  /** The faults that its plans may have. */
  readonly faults: FaultSelection;
}

/** The next plan to run, and the facts that the campaign needs beyond the run's result. */
export interface Trial {
  readonly plan: Plan;
  readonly wants: 'choices' | 'calls';
}

/** Yields the next plan to run and receives its run; returns whether everything has been tried. */
export type Campaign = Generator<Trial, boolean, Attempt>;

export const campaignArbitraries: { readonly [kind in CampaignKind]: Arbitrary<CampaignSpec> } = {
  exhaustive: fc
    .constantFrom(...windowsUs)
    .map((windowUs) => ({ kind: 'exhaustive', windowUs, deviationsMax: 2, runsMax: 100 })),
  guided: fc.constant({ kind: 'guided', runsMax: 30 }),
};
