/** Registers that are wrong on purpose, each as a scenario of its own: a healthy sweep must catch them. */
import type { Scenario } from '../../sim/scenario/scenario.js';
import { register } from '../register.js';
import { specimenOf } from './specimen.js';

export const registerSpecimens: readonly Scenario[] = [
  specimenOf(
    register,
    'etcd3',
    'The plain etcd3 client: it retries a write whose reply was lost and so undoes the writes in between.',
  ),
  {
    ...register,
    name: 'register-serializable',
    description: 'Serializable reads: any member answers from its own data, which may be stale.',
    members: 3,
    options: {
      ...register.options,
      reads: {
        type: 'choice',
        default: 'serializable',
        choices: ['serializable'],
        description: 'the kind of reads to request; the check demands linearizable ones',
      },
    },
  },
];
