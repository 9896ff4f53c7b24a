/** The input from which a plan is drawn. */
import type { EtcdVersion } from '../etcd/version.js';
import type { OptionValues } from '../plan/options.js';
import type { Scenario } from '../scenario/scenario.js';
import type { FaultSelection } from './fault-selection.js';
import type { StrategySelection } from './strategies/strategy-selection.js';

export interface PlanRequest {
  readonly scenario: Scenario;
  /** An unsigned 32-bit integer. */
  readonly seed: number;
  readonly options: OptionValues;
  readonly faults: FaultSelection;
  /** How many etcd members there are. */
  readonly members: number;
  /** 3.6 by default. */
  readonly etcdVersion?: EtcdVersion | undefined;
  /** By time alone by default. */
  readonly strategy?: StrategySelection | undefined;
}
