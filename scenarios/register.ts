/** Nodes that read, write and swap a few keys through plain requests: each key is one register for all of them. */
import { defineScenario } from '../sim/scenario/define-scenario.js';
import { outcomeLines } from './outcome-lines.js';
import { registerChecks } from './register/checks.js';
import { planRegisters, registerOperations, registerOptions } from './register/plan.js';
import { workOnRegisters } from './register/work.js';

export const register = defineScenario({
  name: 'register',
  description: 'Keys are linearizable under reads, writes and compare-and-swaps.',
  options: registerOptions,
  operations: registerOperations,
  nodes: planRegisters,
  restart: (operations, begun) => operations.filter((planned) => !begun.some(({ id }) => id === planned.id)),
  run: workOnRegisters,
  checks: () => registerChecks,
  summarize: (history) => outcomeLines(history, ['read', 'write', 'swap']),
});
