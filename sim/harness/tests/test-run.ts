/**
 * One run of a test: what its body and its nodes have declared, marked, drawn and found. Invariant: the body runs once, as
 * code of the test; a node's body runs once for each process of the node.
 */
import type { Check } from '../../check/check.js';
import { whereNotJson, type Json } from '../../input/json.js';
import type { NodeContext, ObserverContext } from '../../scenario/scenario.js';
import { Draws, type Arbitraries } from './draws.js';
import { FaultsByHand } from './faults-by-hand.js';
import { isOfEtcd } from './gave-up.js';
import { simChecks } from './sim-checks.js';
import type {
  Common,
  NodeBody,
  NodeEnd,
  NodeOptions,
  Patience,
  Recorded,
  Sim,
  SimNode,
  TestBody,
} from './sim.js';

const WITHIN_MS = 60_000;
const EVERY_MS = 50;
/** By which code of the test goes, where a node would have its name. */
const TEST = 'test';

interface Declared {
  readonly name: string;
  readonly index: number;
  readonly body: NodeBody;
  readonly isDaemon: boolean;
}

/** Resolves from outside. */
interface Gate {
  readonly opened: Promise<void>;
  open(): void;
}

export class TestRun {
  /** Names of nodes that were declared and are not in the plan. */
  readonly unplanned: string[] = [];
  readonly checks: Check[] = [];
  readonly draws: Draws;
  readonly #context: ObserverContext;
  readonly #known: ReadonlySet<string>;
  readonly #contexts = new Map<string, NodeContext>();
  readonly #declared = new Map<string, Declared>();
  readonly #ends = new Map<string, NodeEnd>();
  readonly #operations = new Map<string, number>();
  readonly #marks = new Map<string, Gate>();
  readonly #settling = gate();
  readonly #settled = gate();
  readonly #over = gate();
  readonly #looks = new Set<() => void>();
  readonly #byHand: FaultsByHand;
  #body: Promise<{ readonly error?: unknown }> = Promise.resolve({});
  #onNode = (): void => undefined;

  /**
   * @param known names of nodes that may be missing from the plan: it was made smaller
   * @param drawnFrom see {@link Draws}
   */
  constructor(context: ObserverContext, known: ReadonlySet<string>, drawnFrom?: Arbitraries) {
    this.#context = context;
    this.#known = known;
    this.draws = new Draws(context.plan, drawnFrom);
    this.#byHand = new FaultsByHand({
      control: context.control,
      members: context.plan.members,
      expectNode: (name) => this.#expect('node', name, [...this.#declared.keys()]),
      isPlanned: (name) => this.#isPlanned(name),
      expectMember: (name) => this.#expect('member', name, context.plan.members),
    });
  }

  /** Runs the body; resolves once it has declared a node and waits, or has ended. */
  async begin(body: TestBody): Promise<void> {
    const declared = new Promise<void>((resolve) => (this.#onNode = resolve));
    this.#body = (async () => body(this.#sim()))().then(
      () => ({}),
      (error: unknown) => ({ error }),
    );
    const release = this.#context.control.hold();
    void this.#settling.opened.then(release);
    void this.#body.then(() => this.#settling.open());
    await Promise.race([declared, this.#body]);
  }

  /** One process of a node. */
  async behave(context: NodeContext): Promise<void> {
    const { node: name } = context;
    this.#contexts.set(name, context);
    const declared = await this.#declarationOf(name);
    if (declared === undefined) return;
    const { isDaemon, body } = declared;
    if (isDaemon) context.becomeDaemon();
    const work = this.#live(declared, body(this.#node(declared, context)));
    await (isDaemon ? Promise.race([work.then(() => this.#over.opened), this.#over.opened]) : work);
  }

  /** All nodes have ended and the faults are over: the body may look at what is left. Throws what the body throws. */
  async conclude(): Promise<void> {
    for (const { name, isDaemon } of this.#declared.values()) {
      if (!this.#ends.has(name)) this.#ends.set(name, { name, how: isDaemon ? 'daemon' : 'crashed' });
    }
    this.#settled.open();
    const end = await this.#body;
    this.#over.open();
    if ('error' in end) throw end.error;
  }

  async #live({ name }: Declared, work: Promise<unknown>): Promise<void> {
    try {
      await work;
      this.#ends.set(name, { name, how: 'ended' });
    } catch (error) {
      if (!isOfEtcd(error)) throw error;
      this.#ends.set(name, { name, how: 'gave up', error });
      this.#contexts.get(name)?.count('nodes that gave up');
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
      add: (one) => void this.checks.push(one),
      record: (name, one) => this.#recorded(name, one),
    });
    return {
      ...this.#common(() => this.#asker),
      seed: plan.seed,
      client,
      members: plan.members,
      check,
      etcd: byHand.etcd,
      node: (name, body, options) => this.#declare(name, 0, body, options),
      nodes: (count, body, options = {}) => {
        const { name = 'n' } = options;
        for (let index = 0; index < count; index++)
          this.#declare(`${name}${index + 1}`, index, body, options);
      },
      nodesEnded: async () => {
        this.#settling.open();
        await this.#settled.opened;
        return [...this.#declared.keys()].flatMap((name) => this.#ends.get(name) ?? []);
      },
      until: (condition, patience) => this.#until(condition, patience),
      eventually: (assertion, patience) => this.#eventually(assertion, patience),
      partition: (node, member) => byHand.partition(node, member),
      heal: () => byHand.heal(),
      crash: (name) => {
        this.#expect('node', name, [...this.#declared.keys()]);
        if (!this.#isPlanned(name)) return;
        this.#ends.set(name, { name, how: 'crashed' });
        control.crash(name);
      },
      restart: (name) => {
        this.#expect('node', name, [...this.#declared.keys()]);
        if (!this.#isPlanned(name)) return;
        this.#ends.delete(name);
        control.restart(name);
      },
      pause: (node, milliseconds) => byHand.pause(node, milliseconds),
      clock: (node) => byHand.clock(node),
      loseNextReply: (node) => byHand.loseNextReply(node),
      disconnect: (node) => byHand.disconnect(node),
    };
  }

  #node({ name, index }: Declared, { client, etcdOptions }: NodeContext): SimNode {
    return { ...this.#common(() => name), name, index, client, etcdOptions };
  }

  #common(nodeOf: () => string): Common {
    return {
      sleep: (milliseconds) => sleep(milliseconds),
      draw: (arbitrary) => this.draws.draw(nodeOf(), arbitrary),
      op: (name, input, body) => this.#perform(nodeOf(), name, input, body),
      mark: (name) => this.#gateOf(name).open(),
      when: (name) => this.#gateOf(name).opened,
    };
  }

  #recorded(name: string, check: Check): Recorded {
    if (!this.checks.some((other) => other.name === check.name)) this.checks.push(check);
    return (body, input = null) => this.#perform(this.#asker, name, input, body);
  }

  /** Operations of the test itself are none of the history: it is the nodes that are checked. */
  async #perform<T>(node: string, name: string, input: Json, body: () => T | Promise<T>): Promise<T> {
    const context = this.#contexts.get(node);
    if (context === undefined) return body();
    const count = (this.#operations.get(node) ?? 0) + 1;
    this.#operations.set(node, count);
    let end: { readonly value: T } | { readonly error: unknown } | undefined;
    await context.perform({ id: `${node}.${count}`, name, input }, async () => {
      try {
        const value = await body();
        end = { value };
        const isJson = value !== undefined && whereNotJson(value, 'output') === undefined;
        return { output: isJson ? (value as Json) : null };
      } catch (error) {
        end = { error };
        throw error;
      }
    });
    if (end === undefined) throw new Error(`operation ${name} of ${node} did not end`);
    if ('error' in end) throw end.error;
    return end.value;
  }

  #declare(name: string, index: number, body: NodeBody, { daemon = false }: NodeOptions = {}): void {
    if (this.#declared.has(name)) throw new Error(`expected names that differ, got the node ${name} twice`);
    if (typeof body !== 'function') throw new TypeError(`node ${name}: expected a function as its body`);
    this.#declared.set(name, { name, index, body, isDaemon: daemon });
    const isPlanned = this.#isPlanned(name);
    if (!isPlanned && !this.#known.has(name)) this.unplanned.push(name);
    if (!isPlanned) this.#ends.set(name, { name, how: 'ended' });
    for (const look of [...this.#looks]) look();
    this.#onNode();
  }

  async #until(condition: () => boolean | Promise<boolean>, patience?: Patience): Promise<void> {
    const withinMs = patience?.withinMs ?? WITHIN_MS;
    await this.#eventually(async () => {
      if (!(await condition())) throw new Error(`expected the condition to hold within ${withinMs} ms`);
    }, patience);
  }

  async #eventually(
    assertion: () => unknown,
    { withinMs = WITHIN_MS, everyMs }: Patience = {},
  ): Promise<void> {
    for (let waitedMs = 0; ;) {
      try {
        await assertion();
        return;
      } catch (error) {
        if (waitedMs >= withinMs) throw error;
      }
      // What has not come true for long may as well be noticed a little later: a run has only so many events.
      const pauseMs = everyMs ?? Math.max(EVERY_MS, Math.floor(waitedMs / 8));
      await sleep(pauseMs);
      waitedMs += pauseMs;
    }
  }

  /** A node that is not does nothing in this run: its plan was made before, or made smaller. */
  #isPlanned(name: string): boolean {
    return this.#context.plan.nodes.some((node) => node.name === name);
  }

  /** Whose code asks. */
  get #asker(): string {
    const node = this.#context.control.currentNode();
    return node === undefined || !this.#declared.has(node) ? TEST : node;
  }

  #gateOf(name: string): Gate {
    const known = this.#marks.get(name) ?? gate();
    this.#marks.set(name, known);
    return known;
  }

  #expect(what: string, name: string, names: readonly string[]): void {
    if (names.includes(name)) return;
    throw new Error(`expected a ${what} of this test (${names.join(', ')}), got ${name}`);
  }
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function gate(): Gate {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open: () => open() };
}
