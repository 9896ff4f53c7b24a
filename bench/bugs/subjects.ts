/** The scenarios that are measured: every specimen, and the hard ones. */
import type { Scenario } from '../../sim/scenario/scenario.js';
import { specimens } from '../../scenarios/index.js';
import { hardSpecimens } from './hard/index.js';

export const subjects: readonly Scenario[] = [...specimens, ...hardSpecimens];
