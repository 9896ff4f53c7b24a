/**
 * A test as a scenario: its nodes are those that its body declares. Invariant: which nodes a plan has depends on the body
 * and on the seed alone.
 */
import type { Check } from '../../check/check.js';
import type { PlannedNode } from '../../plan/plan.js';
import type { RunControl, Scenario } from '../../scenario/scenario.js';
import { Coverage } from './coverage.js';
import { ForgottenWrites } from './forgotten-writes.js';
import type { Arbitraries } from './run/draws.js';
import type { TestBody } from './sim.js';
import { TestRun } from './run/test-run.js';

/** Stands in for nodes until the first run has shown which there are. */
const NOBODY = 'nobody';

export class TestScenario {
  readonly scenario: Scenario;
  /** The run under way, or else the last one. */
  run: TestRun | undefined;
  /** What all runs together did. */
  coverage = new Coverage();
  /** The writes that its nodes have forgotten, in any seed. */
  readonly forgotten = new ForgottenWrites();
  /** What of the corpus could not be read or kept. */
  readonly notices = new Set<string>();
  /** Names of the operations that a calm run performs. */
  performed: ReadonlySet<string> = new Set();
  /** Whether shrinking may leave nodes out. */
  mayLeaveOut = true;
  /** What the values of plans were drawn from, while plans are run whose code may draw otherwise. */
  drawnFrom: Arbitraries | undefined;
  /** Nodes that serve others, as the first run has shown. */
  peers: readonly string[] = [];
  /** Code that is left over from one run never reaches the next. */
  readonly #runs = new WeakMap<RunControl, TestRun>();
  #names: readonly string[] = [];

  /** @param title what the test is called */
  constructor(title: string, body: TestBody, { restarts = false }: { readonly restarts?: boolean } = {}) {
    const peersNow = (): readonly string[] => this.peers;
    this.scenario = {
      get peers() {
        return peersNow();
      },
      name: slugOf(title),
      description: title,
      options: {},
      isOpen: true,
      nodes: () => this.#planned,
      canEnd: (nodes) => this.mayLeaveOut || nodes.length === this.#planned.length,
      setup: async (context) => {
        this.close();
        const run = new TestRun(context, new Set(this.#names), this.coverage, this.drawnFrom);
        this.run = run;
        this.#runs.set(context.control, run);
        await run.begin(body);
      },
      run: async (context) => this.#runs.get(context.control)?.behave(context),
      afterwards: async ({ control }) => this.#runs.get(control)?.conclude(),
      ...(restarts ? { restart: (operations) => operations } : {}),
      checks: () => (this.run?.checks ?? []).map((check) => this.#lenient(check)),
      summarize: () => [],
    };
  }

  /** The last run is over. */
  close(): void {
    this.run?.close();
  }

  /** Names of the nodes that plans have from now on. */
  get names(): readonly string[] {
    return this.#names;
  }

  set names(names: readonly string[]) {
    this.#names = names;
  }

  /** In a seed in which every node gives up early, operations are missing that the code does perform. */
  #lenient(check: Check): Check {
    return {
      ...check,
      check: (history) => {
        const finding = check.check(history);
        if (finding.verdict !== 'inconclusive' || finding.absent === undefined) return finding;
        return finding.absent.every((name) => this.performed.has(name)) ? { verdict: 'satisfied' } : finding;
      },
    };
  }

  /** The one operation of a node stands for all that its body does: the ids of those begin with its name. */
  get #planned(): readonly PlannedNode[] {
    const names = this.#names.length === 0 ? [NOBODY] : this.#names;
    return names.map((name) => ({ name, operations: [{ id: name, name: 'body', input: null }] }));
  }
}

/** The title in the characters that a scenario's name may have. */
function slugOf(title: string): string {
  const slug = title
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^[^A-Za-z]+|-+$/g, '')
    .toLowerCase()
    .slice(0, 80)
    .replace(/-+$/, '');
  return slug === '' ? 'test' : slug;
}
