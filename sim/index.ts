/** What `etcd-sim/sim` offers to tests and tools: scenarios, plans, backends and runs. */
export type { Backend, Execution, ExecutionRequest } from './backend/backend.js';
export { EnvironmentError } from './backend/environment-error.js';
export { createRealBackend } from './backend/real.js';
export { createSimulatedBackend } from './backend/simulated.js';
export { checkFifoQueue } from './check/fifo-queue.js';
export {
  checkLinearizable,
  type LinearizableRequest,
  type SequentialType,
  type TimedCall,
} from './check/linearizable.js';
export { checkPriorityQueue } from './check/priority-queue.js';
export type { QueueOperation } from './check/queue/items.js';
export { checkRegisters, type RegisterCall, type RegisterOperation } from './check/register.js';
export { checkTransactions, type TransactionRecord, type TransactionsFinding } from './check/transactions.js';
export { checkWatch, type ToldEvent, type ToldWatch } from './check/watch.js';
export { runChecks, type Check, type CheckResult, type Finding } from './check/check.js';
export type { Budget } from './engine/engine.js';
export { DEFAULT_ETCD_VERSION, etcdVersions, type EtcdVersion } from './etcd/version.js';
export { drawPlan, type PlanRequest } from './explore/draw-plan.js';
export type { FaultSelection } from './explore/fault-selection.js';
export type { Plan, PlannedNode, PlannedOperation } from './explore/plan.js';
export { faultKinds, type Fault } from './faults/index.js';
export type {
  ErrorSummary,
  History,
  Json,
  LogEntry,
  LogEvent,
  Moment,
  Operation,
  Outcome,
} from './history/history.js';
export { DEFAULT_BUDGET, runPlan, type RunRequest } from './run-plan.js';
export type { FaultRecord, Problem, RunResult, Verdict } from './run.js';
export type { OptionSpec, OptionSpecs, OptionValues } from './scenario/options.js';
export type {
  NodeContext,
  ObserverContext,
  OperationResult,
  Scenario,
  SummaryLine,
} from './scenario/scenario.js';
export { serveEtcd, type ServedEtcd, type ServeOptions } from './serve/serve.js';
export type { ServedMembers } from './serve/served-members.js';
export { startWatchdog, type Watchdog, type WatchdogOptions } from './watchdog/watchdog.js';
export { VERSION } from './version.js';
