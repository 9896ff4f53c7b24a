/** Registers that are wrong on purpose, each as a scenario of its own: what a sweep must catch to count as healthy. */
import type { Scenario } from '../../sim/scenario/scenario.js';
import { register } from '../register.js';
import { specimenOf } from './specimen.js';

export const registerSpecimens: readonly Scenario[] = [
  specimenOf(
    register,
    'etcd3',
    "etcd3's client as it is: it sends a write again whose answer is lost, and undoes what came in between.",
  ),
  {
    ...register,
    name: 'register-serializable',
    description: 'Reads that any member answers from what it has: they may be old.',
    members: 3,
    options: {
      ...register.options,
      reads: {
        type: 'choice',
        default: 'serializable',
        choices: ['serializable'],
        description: 'which reads etcd is asked for; not what is checked',
      },
    },
  },
];
