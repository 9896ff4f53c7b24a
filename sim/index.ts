/**
 * What `etcd-sim/sim` offers to tests and tools: scenarios, plans, backends and runs. Import it before the code under
 * test: timers and clocks that this code takes at load time then belong to the run.
 */
import './register.js';

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
export {
  checks,
  type AtMostOncePerSlotOptions,
  type BarrierOptions,
  type ConservedSumOptions,
  type DoubleBarrierOptions,
  type DuringOptions,
  type EventuallyEqualOptions,
  type ExactlyOnceOptions,
  type FencingOptions,
  type FifoQueueOptions,
  type LeaseToldInTimeOptions,
  type LinearizableCounterOptions,
  type LinearizableModelOptions,
  type LinearizableOptions,
  type LinearizableRegisterOptions,
  type LinearizableSetOptions,
  type LoggedEvent,
  type MonotonicReadsOptions,
  type MutualExclusionOptions,
  type NoLostUpdateOptions,
  type OneLeaderOptions,
  type OperationNames,
  type PairOptions,
  type Performed,
  type PriorityQueueOptions,
  type Reader,
  type ReadWriteLockOptions,
  type ReadyCheckName,
  type ReadyOptions,
  type RegisterOptions,
  type SemaphoreOptions,
  type SpanOptions,
  type StrictSerializableOptions,
  type WatchGuaranteesOptions,
} from './check/ready/index.js';
export type { SequentialModel } from './check/linearizable/model.js';
export type { Budget } from './engine/engine.js';
export { EscapeError } from './engine/escape-error.js';
export { DEFAULT_ETCD_VERSION, etcdVersions, type EtcdVersion } from './etcd/version.js';
export { drawPlan } from './explore/draw-plan.js';
export { type PlanRequest } from './explore/plan-request.js';
export type { FaultSelection } from './explore/fault-selection.js';
export type { Plan, PlannedNode, PlannedOperation } from './plan/plan.js';
export { faultKinds, type Fault } from './faults/index.js';
export type {
  ErrorSummary,
  History,
  LogEntry,
  LogEvent,
  Operation,
  Outcome,
  Skip,
} from './history/history.js';
export type { Call } from './history/calls.js';
export type { Moment } from './history/moment.js';
export { callsOf, endOf, happenedBefore, operationsNamed } from './history/operations.js';
export { stateAt, statesOf, type State, type StateAfter } from './history/states.js';
export type { Json } from './input/json.js';
export { runPlan, type RunRequest } from './harness/run-plan.js';

export { DOUBTS, type Doubt, type DoubtKind } from './run/run-result.js';
export type { FaultRecord, Problem, RunResult, Verdict } from './run/run-result.js';
export { check } from './harness/check.js';
export { CheckError, type CheckReport, type ReportedFailure } from './harness/check-report.js';
export type { CheckOptions } from './harness/check-options.js';
export type { CheckProgress, ProgressListener } from './harness/check-progress.js';
export type { CheckOutcome, Failure } from './harness/checker.js';
export { CorpusStore } from './harness/corpus/corpus-store.js';
export {
  explain,
  readRepro,
  replay,
  shrink,
  type ExplainOptions,
  type ReplayOptions,
  type ReplayReport,
} from './harness/replay.js';
export { loadScenario } from './harness/workers/load-scenario.js';
export { simulate, type SimulateOptions } from './harness/tests/simulate.js';
export { EndpointError } from './harness/tests/run/others/endpoints.js';
export { SimulationError } from './harness/tests/simulation-error.js';
export type {
  Resource,
  ResourceOptions,
  CallOptions,
  EndpointHandler,
  NodeBody,
  NodeEnd,
  NodeOptions,
  Sim,
  SimChecks,
  SimNode,
  TestBody,
} from './harness/tests/sim.js';
export type { TestReport } from './harness/tests/check-test.js';
export type { SeedRecord } from './explore/seed-record.js';
export type { SweepResult } from './explore/sweep-result.js';
export type { CreateReporter, Reporter, ReporterHost, ScenarioReport } from './report/reporter.js';
export { writeReport } from './harness/write-report.js';
export type { WrittenReport } from './report/write.js';
export { formatRepro, reproOf, type Repro } from './repro/repro.js';
export type { RunnableRepro } from './repro/parse-repro.js';
export type { Explanation } from './run/explanation.js';
export { DEFAULT_BUDGET } from './run/budget.js';
export {
  defineScenario,
  type NodeContextOf,
  type ObserverOf,
  type ScenarioDefinition,
  type ValuesOf,
} from './scenario/define-scenario.js';
export {
  operation,
  part,
  type HistoryOf,
  type NodeOf,
  type OperationSpec,
  type OperationSpecs,
  type PerformedOf,
  type PlannedOf,
} from './scenario/operations.js';
export { NothingHappenedError } from './scenario/scenario.js';
export type { OptionSpec, OptionSpecs, OptionValues } from './plan/options.js';
export type {
  NodeContext,
  ObserverContext,
  OperationResult,
  PerformOptions,
  Scenario,
  SummaryLine,
} from './scenario/scenario.js';
export { createEtcd, type CreateEtcdOptions, type InProcessEtcd } from './serve/in-process/create-etcd.js';
export { serveEtcd, type ServedEtcd, type ServeOptions } from './serve/serve.js';
export type { ServedMembers } from './serve/served-members.js';
export { startWatchdog, type Watchdog, type WatchdogOptions } from './watchdog/watchdog.js';
export { VERSION } from './version.js';
