/** The hard specimens: wrong on purpose, and found only where several things come together. Plain seeds take hundreds of tries. */
import type { Scenario } from '../../../sim/scenario/scenario.js';
import { inboxWriteBehind } from './inbox-write-behind.js';

export const hardSpecimens: readonly Scenario[] = [inboxWriteBehind];
