/**
 * One run of a test: what its body and its nodes have declared, marked, drawn and found. Invariant: the body runs once, as
 * code of the test; a node's body runs once for each process of the node.
 */
import type { Check } from '../../check/check.js';
import { describeValue } from '../../input/describe-value.js';
import type { Json } from '../../input/json.js';
import { InputError, quote, suggestion } from '../../input/parsed.js';
import type { NodeContext, ObserverContext } from '../../scenario/scenario.js';
import type { Coverage } from './coverage.js';
import { Draws, type Arbitraries } from './draws.js';
import { Endpoints } from './endpoints.js';
import { expectCallOptions, expectPatience, expectResourceOptions } from './expect-sim-options.js';
import { FaultsByHand } from './faults-by-hand.js';
import { gate } from './gate.js';
import { isOfEtcd } from './gave-up.js';
import { jsonOf } from './json-of.js';
import { Marks } from './marks.js';
import { Mistakes } from './mistakes.js';
import { NodeEnds } from './node-ends.js';
import { Resources } from './resources.js';
import { simChecks } from './sim-checks.js';
import type { Common, NodeBody, NodeOptions, Sim, SimNode, TestBody } from './sim.js';
import { sleep, Waits } from './waits.js';

/** By which code of the test goes, where a node would have its name. */
const TEST = 'test';

const ANYTHING = 'etcd-sim';
const ANSWERS_EVERY_MS = 200;
const ANSWERS_TRIES_MAX = 100;

interface Declared {
  readonly name: string;
  readonly index: number;
  readonly body: NodeBody;
  readonly isDaemon: boolean;
}

export class TestRun {
  /** Names of nodes that were declared and are not in the plan. */
  readonly unplanned: string[] = [];
  readonly checks: Check[] = [];
  readonly draws: Draws;
  readonly #mistakes = new Mistakes();
  readonly #context: ObserverContext;
  readonly #coverage: Coverage;
  readonly #known: ReadonlySet<string>;
  readonly #contexts = new Map<string, NodeContext>();
  readonly #declared = new Map<string, Declared>();
  readonly #ends = new NodeEnds();
  readonly #operations = new Map<string, number>();
  readonly #marks: Marks;
  readonly #settling = gate();
  readonly #settled = gate();
  readonly #over = gate();
  /** Opens when the body throws: what nodes wait for may never come then. */
  readonly #broken = gate();
  readonly #looks = new Set<() => void>();
  readonly #waits: Waits;
  #isOver = false;
  readonly #byHand: FaultsByHand;
  readonly #endpoints: Endpoints;
  readonly #resources: Resources;
  #body: Promise<{ readonly error?: unknown }> = Promise.resolve({});
  #onNode = (): void => undefined;

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
    this.#context = context;
    this.#known = known;
    this.#coverage = coverage;
    this.#marks = new Marks(context.control, coverage);
    this.draws = new Draws(context.plan, drawnFrom);
    this.#waits = new Waits(context.control, () => this.#byHand.neverHealed);
    this.#endpoints = new Endpoints(context.control);
    this.#resources = new Resources({
      endpoints: this.#endpoints,
      asker: () => this.#asker,
      perform: (name, input, body) => this.#perform(this.#asker, name, input, body),
      addCheck: (check) => void this.checks.push(check),
      refuse: (error) => this.#mistakes.refuse(error),
    });
    this.#byHand = new FaultsByHand({
      control: context.control,
      nodes: () => [...this.#declared.keys()],
      members: context.plan.members,
      expectNode: (name) => this.#mistakes.expectName('node', name, [...this.#declared.keys()]),
      isPlanned: (name) => this.#isPlanned(name),
      expectMember: (name) => this.#mistakes.expectName('member', name, context.plan.members),
      refuse: (message) => this.#mistakes.refuse(new InputError(message)),
      expectNumber: (what, value, min, max) => this.#mistakes.expectNumber(what, value, min, max),
    });
  }

  /** Runs the body; resolves once it has declared a node and waits, or has ended. */
  async begin(body: TestBody): Promise<void> {
    const declared = new Promise<void>((resolve) => (this.#onNode = resolve));
    this.#body = (async () => body(this.#sim()))().then(
      () => ({}),
      (error: unknown) => {
        this.#broken.open();
        return { error };
      },
    );
    const release = this.#context.control.hold();
    void this.#settling.opened.then(() => {
      this.#context.control.settles();
      release();
    });
    void this.#body.then(() => this.#settling.open());
    await Promise.race([declared, this.#body]);
  }

  /** One process of a node. */
  async behave(context: NodeContext): Promise<void> {
    const { node: name } = context;
    this.#contexts.set(name, context);
    this.#endpoints.begin(name);
    const declared = await this.#declarationOf(name);
    if (declared === undefined) return;
    const { isDaemon, body } = declared;
    if (isDaemon) context.becomeDaemon();
    const work = this.#live(declared, body(this.#node(declared, context)));
    const end = isDaemon ? work.then(() => this.#over.opened) : work;
    try {
      await Promise.race([end, this.#broken.opened, ...(isDaemon ? [this.#over.opened] : [])]);
    } finally {
      this.#endpoints.close(name);
      // A program that returns takes with it what it left under way, such as the renewals of a lease.
      this.#context.control.exit(name);
    }
  }

  /** All nodes have ended and the faults are over: the body may look at what is left. Throws what the body throws. */
  async conclude(): Promise<void> {
    for (const { name, isDaemon } of this.#declared.values()) {
      if (this.#ends.of(name) === undefined) this.#ends.set({ name, how: isDaemon ? 'daemon' : 'crashed' });
    }
    await this.#etcdAnswers();
    this.#isOver = true;
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

  /** Nothing of the run is needed any more. */
  close(): void {
    this.#endpoints.closeAll();
  }

  /** What the test does wrong in its use of `sim`. */
  get mistake(): InputError | undefined {
    return this.#mistakes.first;
  }

  /** Names of the nodes that have served others. */
  get serving(): readonly string[] {
    return this.#context.control.serving().filter((name) => this.#declared.has(name));
  }

  /** All of its names were declared in this run, as far as the run came. */
  hasDeclared(names: readonly string[]): boolean {
    return names.every((name) => this.#declared.has(name));
  }

  async #live({ name, isDaemon }: Declared, work: Promise<unknown>): Promise<void> {
    try {
      await work;
      this.#coverage.nodeEnds();
      this.#ends.set({ name, how: isDaemon ? 'daemon' : 'ended' });
    } catch (error) {
      if (!isOfEtcd(error)) {
        // Without an end, nodesEnded() would wait for ever, and the deadlock would hide the error.
        this.#ends.set({ name, how: 'crashed' });
        throw error;
      }
      this.#coverage.nodeGivesUp(name, error);
      this.#ends.set({ name, how: 'gave up', error });
      this.#contexts.get(name)?.count('nodes that gave up');
      if (isDaemon) this.#context.control.exit(name);
    }
  }

  async #declarationOf(name: string): Promise<Declared | undefined> {
    for (;;) {
      const declared = this.#declared.get(name);
      if (declared !== undefined) return declared;
      let look = (): void => undefined;
      const another = new Promise<'another'>((resolve) => {
        look = () => resolve('another');
        this.#looks.add(look);
      });
      const next = await Promise.race([another, this.#settling.opened.then(() => 'none' as const)]);
      this.#looks.delete(look);
      if (next === 'none') return this.#declared.get(name);
    }
  }

  #sim(): Sim {
    const { client, plan, control } = this.#context;
    const byHand = this.#byHand;
    const check = simChecks({
      checks: this.checks,
      add: (one) => void this.checks.push(one),
      record:
        (name) =>
        (body, input = null) =>
          this.#perform(this.#asker, name, input, body),
      refuse: (error) => this.#mistakes.refuse(error),
    });
    return {
      ...this.#common(() => this.#asker),
      seed: plan.seed,
      client,
      members: plan.members,
      check,
      etcd: byHand.etcd,
      resource: (name, options) => {
        this.#mistakes.expectText('resource', name);
        return this.#resources.create(
          name,
          this.#mistakes.accept(() => expectResourceOptions(options)),
        );
      },
      node: (name, body, options) => this.#declare(name, 0, body, options),
      nodes: (count, body, options = {}) => {
        const { name = 'n' } = options;
        for (let index = 0; index < count; index++)
          this.#declare(`${name}${index + 1}`, index, body, options);
      },
      nodesEnded: async () => {
        this.#settling.open();
        await this.#settled.opened;
        return this.#ends.all([...this.#declared.keys()]);
      },
      until: (condition, patience) =>
        this.#waits.until(
          condition,
          this.#mistakes.accept(() => expectPatience(patience)),
        ),
      eventually: (assertion, patience) =>
        this.#waits.eventually(
          assertion,
          this.#mistakes.accept(() => expectPatience(patience)),
        ),
      partition: (node, member) => byHand.partition(node, member),
      heal: () => byHand.heal(),
      crash: (name) => {
        this.#mistakes.expectName('node', name, [...this.#declared.keys()]);
        if (!this.#isPlanned(name)) return;
        if (control.crash(name)) this.#ends.set({ name, how: 'crashed' });
      },
      restart: (name) => {
        this.#mistakes.expectName('node', name, [...this.#declared.keys()]);
        if (!this.#isPlanned(name)) return;
        if (this.#declared.get(name)?.isDaemon === false) this.#ends.forget(name);
        control.restart(name);
      },
      pause: (node, milliseconds) => byHand.pause(node, milliseconds),
      clock: (node) => byHand.clock(node),
      loseNextReply: (node) => byHand.loseNextReply(node),
      disconnect: (node) => byHand.disconnect(node),
    };
  }

  #node({ name, index }: Declared, context: NodeContext): SimNode {
    const { client, etcdOptions } = context;
    return {
      ...this.#common(() => name),
      ...{ name, index, client, etcdOptions },
      serve: (endpoint, handler) => {
        this.#mistakes.expectText('endpoint', endpoint);
        if (typeof handler !== 'function') {
          this.#mistakes.refuse(
            new InputError(`serve: expected a function as its handler, got ${describeValue(handler)}`),
          );
        }
        return this.#endpoints.serve(name, context, endpoint, handler);
      },
    };
  }

  #common(nodeOf: () => string): Common {
    return {
      sleep,
      draw: (arbitrary) => this.draws.draw(nodeOf(), arbitrary),
      op: (name, input, body) => this.#perform(nodeOf(), name, input, body),
      mark: (name) => this.#marks.mark(name),
      when: (name) => this.#marks.when(name, nodeOf()),
      call: (node, endpoint, message, options) => {
        this.#mistakes.expectName('node', node, [...this.#declared.keys()]);
        this.#mistakes.expectText('endpoint', endpoint);
        const given = this.#mistakes.accept(() => expectCallOptions(options));
        return this.#endpoints.call(nodeOf(), node, endpoint, message, given);
      },
    };
  }

  /** Operations of the test itself are none of the history: it is the nodes that are checked. */
  async #perform<T>(node: string, name: string, input: Json, body: () => T | Promise<T>): Promise<T> {
    const context = this.#contexts.get(node);
    if (context === undefined) return body();
    this.#coverage.performs(name);
    const own = `${node}.${name}`;
    const count = (this.#operations.get(own) ?? 0) + 1;
    this.#operations.set(own, count);
    let end: { readonly value: T } | { readonly error: unknown } | undefined;
    await context.perform(
      { id: count === 1 ? own : `${own}.${count}`, name, input: jsonOf(input) },
      async () => {
        try {
          const value = await body();
          end = { value };
          this.#coverage.ok += 1;
          return { output: jsonOf(value) };
        } catch (error) {
          end = { error };
          this.#coverage.failed += 1;
          throw error;
        }
      },
    );
    if (end === undefined) throw new Error(`operation ${name} of ${node} did not end`);
    if ('error' in end) throw end.error;
    return end.value;
  }

  #declare(name: string, index: number, body: NodeBody, options: NodeOptions = {}): void {
    this.#expectDeclaration(name, body, options);
    const { daemon = false } = options;
    this.#declared.set(name, { name, index, body, isDaemon: daemon });
    const isPlanned = this.#isPlanned(name);
    if (!isPlanned && !this.#known.has(name)) this.unplanned.push(name);
    if (!isPlanned) this.#ends.set({ name, how: 'ended' });
    for (const look of [...this.#looks]) look();
    this.#onNode();
  }

  #expectDeclaration(name: string, body: unknown, options: object): void {
    const mistake = this.#declared.has(name)
      ? 'expected names that differ, got this one twice'
      : typeof body !== 'function'
        ? `expected a function as its body, got ${describeValue(body)}`
        : this.#isOver
          ? 'expected it before nodesEnded(), when no node has ended yet'
          : strayOption(options);
    if (mistake !== undefined) this.#mistakes.refuse(new InputError(`node ${name}: ${mistake}`));
  }

  /** A node that is not does nothing in this run: its plan was made before, or made smaller. */
  #isPlanned(name: string): boolean {
    return this.#context.plan.nodes.some((node) => node.name === name);
  }

  /** The node whose code asks. */
  get #asker(): string {
    const node = this.#context.control.currentNode();
    return node === undefined || !this.#declared.has(node) ? TEST : node;
  }
}

const NODE_OPTIONS = ['daemon', 'name'];

function strayOption(options: object): string | undefined {
  const stray = Object.keys(options).find((option) => !NODE_OPTIONS.includes(option));
  return stray === undefined ? undefined : `unknown option ${quote(stray)}${suggestion(stray, NODE_OPTIONS)}`;
}
