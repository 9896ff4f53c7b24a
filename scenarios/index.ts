/** Every scenario, and every specimen: a recipe that is wrong on purpose and must be caught. */
import type { Scenario } from '../sim/scenario/scenario.js';
import { bank } from './bank.js';
import { bankLostUpdate } from './specimens/bank-lost-update.js';

export const scenarios: readonly Scenario[] = [bank];

export const specimens: readonly Scenario[] = [bankLostUpdate];
