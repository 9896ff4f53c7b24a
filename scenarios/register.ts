/** Nodes that read, write and swap a few keys through plain requests: each key is one register for all of them. */
import type { Scenario } from '../sim/scenario/scenario.js';
import { outcomeLines } from './outcome-lines.js';
import { registerChecks } from './register/checks.js';
import { planRegisters, registerOptions } from './register/plan.js';
import { workOnRegisters } from './register/work.js';

export const register: Scenario = {
  name: 'register',
  description: 'Keys are linearizable under reads, writes and compare-and-swaps.',
  options: {
    ...registerOptions,
    reads: {
      type: 'choice',
      default: 'linearizable',
      choices: ['linearizable', 'serializable'],
      description: 'the kind of reads to request; the check demands linearizable ones',
    },
    variant: {
      type: 'choice',
      default: 'once',
      choices: ['once', 'etcd3'],
      description: 'the client: one that sends each request once, or plain etcd3',
    },
  },
  nodes: planRegisters,
  restart: (operations, begun) => operations.filter((planned) => !begun.some(({ id }) => id === planned.id)),
  setup: () => Promise.resolve(),
  run: workOnRegisters,
  checks: () => registerChecks,
  summarize: (history) => outcomeLines(history, ['read', 'write', 'swap']),
};
