/**
 * What the code of a test sees of its run: `sim` in the body, and a view of its own in each node. Invariant: a wrong use of
 * either is a mistake of the test, and rejects at once.
 */
import { arbitraryOf, isArbitrary } from '../../../plan/any-arbitrary.js';
import { describeValue } from '../../../input/describe-value.js';
import { InputError, quote } from '../../../input/parsed.js';
import type { Check } from '../../../check/check.js';
import type { NodeContext, ObserverContext } from '../../../scenario/scenario.js';
import type { Common, EndpointHandler, Sim, SimNode } from '../sim.js';
import { simChecks } from './checks/sim-checks.js';
import type { Draws } from './draws.js';
import {
  expectCallOptions,
  expectNodeOptions,
  expectPatience,
  expectResourceOptions,
} from './expect-sim-options.js';
import type { FaultsByHand } from './faults-by-hand.js';
import type { Mistakes } from './mistakes.js';
import type { Marks } from './moments/marks.js';
import { sleep, type Waits } from './moments/waits.js';
import { TEST, type DeclaredNode, type DeclaredNodes } from './nodes/declared-nodes.js';
import type { Operations } from './operations.js';
import type { Endpoints } from './others/endpoints.js';
import type { Resources } from './others/resources.js';

const NODES_MAX = 10_000;

/** The parts of a run that its views show. */
export interface ViewParts {
  readonly context: ObserverContext;
  readonly mistakes: Mistakes;
  readonly nodes: DeclaredNodes;
  readonly operations: Operations;
  readonly draws: Draws;
  readonly marks: Marks;
  readonly waits: Waits;
  readonly byHand: FaultsByHand;
  readonly endpoints: Endpoints;
  readonly resources: Resources;
  /** What `sim.check` adds to. */
  readonly checks: Check[];
  /** Resolves once the faults are over and everything has healed. */
  settle(): Promise<void>;
}

/** The node whose code asks, or the test. */
export function askerIn({ context, nodes }: Pick<ViewParts, 'context' | 'nodes'>): string {
  const node = context.control.currentNode();
  return node === undefined || !nodes.has(node) ? TEST : node;
}

/** What the body of the test sees. */
export function simOf(parts: ViewParts): Sim {
  const { context, mistakes, nodes, operations, waits, byHand, resources, checks } = parts;
  const { client, plan, control } = context;
  const asker = (): string => askerIn(parts);
  const expectInBody = (what: string): void => {
    const node = asker();
    if (node !== TEST) {
      mistakes.refuse(new InputError(`${what}: expected it in the body of the test, got it in node ${node}`));
    }
  };
  return {
    ...common(parts, asker),
    seed: plan.seed,
    client,
    members: plan.members,
    check: simChecks({
      checks,
      add: (one) => void checks.push(one),
      record:
        (name) =>
        (body, input = null) =>
          operations.perform(asker(), name, input, body),
      refuse: (error) => mistakes.refuse(error),
    }),
    etcd: byHand.etcd,
    resource(name, options) {
      mistakes.expectText('resource', name);
      const given = mistakes.accept(() => expectResourceOptions(options));
      return resources.create(name, given);
    },
    node(name, body, options) {
      expectInBody(`node ${name}`);
      nodes.declare(name, 0, body, options);
    },
    nodes(count, body, options = {}) {
      expectInBody('nodes');
      mistakes.expectNumber('nodes', count, 0, NODES_MAX);
      mistakes.expectFunction('nodes', body);
      const { name = 'n' } = mistakes.accept(() => expectNodeOptions(options));
      for (let index = 0; index < count; index++) nodes.declare(`${name}${index + 1}`, index, body, options);
    },
    async nodesEnded() {
      await parts.settle();
      return nodes.ends.all(nodes.names);
    },
    until(condition, patience) {
      mistakes.expectFunction('until', condition);
      const given = mistakes.accept(() => expectPatience(patience));
      return waits.until(condition, given);
    },
    eventually(assertion, patience) {
      mistakes.expectFunction('eventually', assertion);
      const given = mistakes.accept(() => expectPatience(patience));
      return waits.eventually(assertion, given);
    },
    partition: (node, member) => byHand.partition(node, member),
    heal: () => byHand.heal(),
    crash(name) {
      nodes.expect(name);
      if (nodes.isPlanned(name) && control.crash(name)) nodes.ends.set({ name, how: 'crashed' });
    },
    restart(name) {
      nodes.expect(name);
      if (!nodes.isPlanned(name)) return;
      if (!nodes.isDaemon(name)) nodes.ends.forget(name);
      control.restart(name);
    },
    pause: (node, milliseconds) => byHand.pause(node, milliseconds),
    clock: (node) => byHand.clock(node),
    loseNextReply: (node) => byHand.loseNextReply(node),
    disconnect: (node) => byHand.disconnect(node),
  };
}

/** What a node sees. */
export function nodeOf(parts: ViewParts, { name, index }: DeclaredNode, context: NodeContext): SimNode {
  const { client, etcdOptions } = context;
  const { mistakes, endpoints } = parts;
  return {
    ...common(parts, () => name),
    ...{ name, index, client, etcdOptions },
    serve(endpoint, handler) {
      mistakes.expectText('endpoint', endpoint);
      if (typeof handler !== 'function') {
        const came = describeValue(handler);
        mistakes.refuse(new InputError(`serve: expected a function as its handler, got ${came}`));
      }
      return endpoints.serve(name, context, endpoint, handler as EndpointHandler);
    },
  };
}

function common({ mistakes, nodes, ...parts }: ViewParts, nodeName: () => string): Common {
  const { draws, operations, marks, endpoints } = parts;
  return {
    sleep,
    draw(arbitrary) {
      if (!isArbitrary(arbitrary)) {
        const came = describeValue(arbitrary);
        mistakes.refuse(new InputError(`draw: expected an arbitrary of fast-check, got ${came}`));
      }
      return draws.draw(nodeName(), arbitraryOf(arbitrary));
    },
    op(name, input, body) {
      mistakes.expectText('op', name);
      mistakes.expectFunction(`op(${quote(name)}, input, body)`, body);
      return operations.perform(nodeName(), name, input, body);
    },
    mark(name) {
      mistakes.expectText('mark', name);
      marks.mark(name);
    },
    when(name) {
      mistakes.expectText('when', name);
      return marks.when(name, nodeName());
    },
    call(node, endpoint, message, options) {
      nodes.expect(node);
      mistakes.expectText('endpoint', endpoint);
      const given = mistakes.accept(() => expectCallOptions(options));
      return endpoints.call(nodeName(), node, endpoint, message, given);
    },
  };
}
