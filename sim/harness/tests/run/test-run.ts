/**
 * One run of a test, from its body's first line to the end of its nodes. Invariant: the body runs once, as code of the
 * test; a node's body runs once for each process of the node.
 */
import { giveReasons } from '../../../backend/error-parts.js';
import type { Check } from '../../../check/check.js';
import { InputError } from '../../../input/parsed.js';
import type { NodeContext, ObserverContext } from '../../../scenario/scenario.js';
import type { Coverage } from '../coverage.js';
import { WritesLeft } from '../forgotten-writes.js';
import type { TestBody } from '../sim.js';
import { Draws, type Arbitraries } from './draws.js';
import { FaultsByHand } from './faults-by-hand.js';
import { Mistakes } from './mistakes.js';
import { gate } from './moments/gate.js';
import { Marks } from './moments/marks.js';
import { sleep, Waits } from './moments/waits.js';
import { DeclaredNodes, TEST, type DeclaredNode } from './nodes/declared-nodes.js';
import { isOfEtcd } from './nodes/gave-up.js';
import { Operations } from './operations.js';
import { Endpoints } from './others/endpoints.js';
import { Resources } from './others/resources.js';
import { askerIn, nodeOf, simOf, type ViewParts } from './views.js';

const ANYTHING = 'etcd-sim';
const ANSWERS_EVERY_MS = 200;
const ANSWERS_TRIES_MAX = 100;
const NAMED_MAX = 3;

export class TestRun {
  readonly checks: Check[] = [];
  readonly draws: Draws;
  /** The writes that its nodes have forgotten. */
  readonly writes = new WritesLeft();
  readonly #context: ObserverContext;
  readonly #coverage: Coverage;
  readonly #mistakes = new Mistakes();
  readonly #nodes: DeclaredNodes;
  readonly #waits: Waits;
  readonly #endpoints: Endpoints;
  readonly #views: ViewParts;
  readonly #operations: Operations;
  /** The body asks for the end of its nodes, or has ended: no node that is missing will be declared any more. */
  readonly #settling = gate();
  /** All nodes have ended, and the faults are over. */
  readonly #settled = gate();
  readonly #over = gate();
  /** Opens when the body throws: what nodes wait for may never come then. */
  readonly #broken = gate();
  #body: Promise<{ readonly error?: unknown }> = Promise.resolve({});
  #onNode = (): void => undefined;
  #hasSettled = false;

  /**
   * @param known names of nodes that may be missing from the plan: it was made smaller
   * @param coverage records what this run does
   * @param drawnFrom see {@link Draws}
   */
  constructor(
    context: ObserverContext,
    known: ReadonlySet<string>,
    coverage: Coverage,
    drawnFrom?: Arbitraries,
  ) {
    const { plan, control } = context;
    this.#context = context;
    this.#coverage = coverage;
    this.draws = new Draws(plan, drawnFrom);
    this.#operations = new Operations(coverage, control);
    this.#endpoints = new Endpoints(control);
    this.#nodes = new DeclaredNodes({
      planned: new Set(plan.nodes.map(({ name }) => name)),
      known,
      mistakes: this.#mistakes,
      onDeclared: () => this.#onNode(),
    });
    const byHand = this.#faultsByHand();
    this.#waits = new Waits(control, () =>
      [...this.#nodes.ends.gaveUp, byHand.neverHealed].filter((reason) => reason !== ''),
    );
    this.#views = {
      ...{ context, byHand, mistakes: this.#mistakes, nodes: this.#nodes, draws: this.draws },
      ...{ operations: this.#operations, endpoints: this.#endpoints, waits: this.#waits },
      marks: new Marks(control, coverage),
      resources: this.#resources(),
      checks: this.checks,
      settle: () => {
        this.#settling.open();
        return this.#settled.opened;
      },
    };
  }

  /** Runs the body; resolves once it has declared a node and waits, asks for the end of its nodes, or has ended. */
  async begin(body: TestBody): Promise<void> {
    const declared = new Promise<void>((resolve) => (this.#onNode = resolve));
    this.#body = (async () => body(simOf(this.#views)))().then(
      () => ({}),
      (error: unknown) => {
        this.#noteWorking(error);
        this.#broken.open();
        return { error };
      },
    );
    const release = this.#context.control.hold();
    void this.#settling.opened.then(() => {
      this.#context.control.settles();
      release();
    });
    const { awaits } = this.#context.control;
    awaits(() => this.#nodes.ends.gaveUp.join('; '));
    const ends = awaits(() => (this.#nodes.working.length === 0 ? "the test's body has not ended" : ''));
    void this.#body.then(() => {
      ends();
      this.#settling.open();
    });
    await Promise.race([declared, this.#settling.opened, this.#body]);
  }

  /** A body that looks too early sees what its nodes have not done yet. */
  #noteWorking(error: unknown): void {
    const { working } = this.#nodes;
    if (this.#hasSettled || this.#waits.wereInVain || working.length === 0) return;
    const names = `${working.slice(0, NAMED_MAX).join(', ')}${working.length > NAMED_MAX ? ' and more' : ''}`;
    giveReasons(error, [`${names} had not ended: await sim.nodesEnded() to look at what nodes leave`]);
  }

  /** One process of a node. */
  async behave(context: NodeContext): Promise<void> {
    const { node: name } = context;
    this.#operations.join(context);
    this.#endpoints.begin(name);
    const declared = await this.#nodes.declarationOf(name, this.#settling.opened);
    if (declared === undefined) return;
    const { isDaemon, body } = declared;
    if (isDaemon) context.becomeDaemon();
    const work = this.#live(declared, context, body(nodeOf(this.#views, declared, context)));
    const end = isDaemon ? work.then(() => this.#over.opened) : work;
    try {
      await Promise.race([end, this.#broken.opened, ...(isDaemon ? [this.#over.opened] : [])]);
    } finally {
      this.#endpoints.close(name);
      // A program that returns takes with it what it left under way, such as the renewals of a lease.
      this.#context.control.exit(name);
    }
  }

  /** Lets the body look at the end, after all nodes and faults. @throws the error of the body */
  async conclude(): Promise<void> {
    for (const daemon of this.#nodes.endAll()) this.#coverage.nodeEnds(daemon);
    await this.#etcdAnswers();
    this.#nodes.close();
    this.#hasSettled = true;
    this.#settled.open();
    const end = await this.#body;
    if ('error' in end) {
      this.#over.open();
      throw end.error;
    }
    // A wait that the body did not await must hold nevertheless.
    await this.#waits.ended();
    this.#over.open();
    for (const check of this.checks) this.#coverage.expects(check);
  }

  /** Nothing of the run is needed any more. */
  close(): void {
    this.#endpoints.closeAll();
  }

  /** What the test does wrong in its use of `sim`. */
  get mistake(): InputError | undefined {
    return this.#mistakes.first;
  }

  /** Names of nodes that were declared and are not in the plan. */
  get unplanned(): readonly string[] {
    return this.#nodes.unplanned;
  }

  /** Names of the nodes that have served others. */
  get serving(): readonly string[] {
    return this.#context.control.serving().filter((name) => this.#nodes.has(name));
  }

  /** All of its names were declared in this run, as far as the run came. */
  hasDeclared(names: readonly string[]): boolean {
    return names.every((name) => this.#nodes.has(name));
  }

  async #live({ name, isDaemon }: DeclaredNode, context: NodeContext, work: Promise<unknown>): Promise<void> {
    const { ends } = this.#nodes;
    try {
      await work;
      this.writes.add(name, isDaemon, this.#context.control.leftBy(name));
      this.#coverage.nodeEnds(name);
      ends.set({ name, how: isDaemon ? 'daemon' : 'ended' });
    } catch (error) {
      if (!isOfEtcd(error)) {
        // Without an end, nodesEnded() would wait for ever, and the deadlock would hide the error.
        ends.set({ name, how: 'crashed' });
        throw error;
      }
      this.#coverage.nodeGivesUp(name, error);
      ends.set({ name, how: 'gave up', error });
      context.count('nodes that gave up');
      if (isDaemon) this.#context.control.exit(name);
    }
  }

  /** After the last fault the test's own client may find a member unreachable once more: it is still connecting. */
  async #etcdAnswers(): Promise<void> {
    const { client, plan, control } = this.#context;
    if (!control.isSimulated) return;
    let inARow = 0;
    for (let tries = 0; tries < ANSWERS_TRIES_MAX && inARow < plan.members.length; tries++) {
      try {
        await client.get(ANYTHING).exec();
        inARow += 1;
      } catch {
        inARow = 0;
        await sleep(ANSWERS_EVERY_MS);
      }
    }
  }

  #faultsByHand(): FaultsByHand {
    const { plan, control } = this.#context;
    return new FaultsByHand({
      control,
      nodes: () => this.#nodes.names,
      members: plan.members,
      expectNode: (name) => this.#nodes.expect(name),
      isPlanned: (name) => this.#nodes.isPlanned(name),
      expectMember: (name) => this.#mistakes.expectName('member', name, plan.members),
      refuse: (message) => this.#mistakes.refuse(new InputError(message)),
      expectNumber: (what, value, min, max) => this.#mistakes.expectNumber(what, value, min, max),
    });
  }

  #resources(): Resources {
    const asker = (): string => askerIn({ context: this.#context, nodes: this.#nodes });
    return new Resources({
      endpoints: this.#endpoints,
      asker,
      // The test may look at a resource without being one of those that are checked.
      perform: (name, input, body) =>
        asker() === TEST ? body() : this.#operations.perform(asker(), name, input, body),
      addCheck: (check) => void this.checks.push(check),
      refuse: (error) => this.#mistakes.refuse(error),
    });
  }
}
