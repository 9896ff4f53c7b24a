/** The bank whose workers lose updates: a healthy sweep must catch it. */
import type { OptionSpec } from '../../sim/plan/options.js';
import type { Scenario } from '../../sim/scenario/scenario.js';
import { bank } from '../bank.js';

const variant: OptionSpec = {
  type: 'choice',
  default: 'lost-update',
  choices: ['lost-update'],
  description: 'how to transfer; same as scenario bank with variant=lost-update',
};

export const bankLostUpdate: Scenario = {
  ...bank,
  name: 'bank-lost-update',
  description: 'Bank transfers that do not compare the balances they read: money appears and vanishes.',
  options: { ...bank.options, variant },
};
