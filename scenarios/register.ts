/** Nodes that read, write and swap a few keys through plain requests: each key is one register for all of them. */
import type { Scenario } from '../sim/scenario/scenario.js';
import { outcomeLines } from './outcome-lines.js';
import { registerChecks } from './register/checks.js';
import { planRegisters, registerOptions } from './register/plan.js';
import { workOnRegisters } from './register/work.js';

export const register: Scenario = {
  name: 'register',
  description: 'Keys that are read, written and swapped are linearizable.',
  options: {
    ...registerOptions,
    reads: {
      type: 'choice',
      default: 'linearizable',
      choices: ['linearizable', 'serializable'],
      description: 'which reads etcd is asked for; what is checked is what the first are',
    },
    variant: {
      type: 'choice',
      default: 'once',
      choices: ['once', 'etcd3'],
      description: 'whose client: one that sends each request once, or etcd3 as it is',
    },
  },
  nodes: planRegisters,
  restart: (operations, begun) => operations.filter((planned) => !begun.some(({ id }) => id === planned.id)),
  setup: () => Promise.resolve(),
  run: workOnRegisters,
  checks: () => registerChecks,
  summarize: (history) => outcomeLines(history, ['read', 'write', 'swap']),
};
