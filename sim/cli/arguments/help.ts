/** The help, printed from the table of flags, so that it cannot say anything else than the parser does. */
import { twoColumns } from '../columns.js';
import { exitCodes } from '../exit-codes.js';
import { commandNames, usageOf, variableNameOf, type CommandName, type Flag } from './flag.js';
import { flagEntries } from './flags.js';

interface CommandHelp {
  readonly usage: string;
  readonly description: string;
  readonly examples: readonly string[];
}

const commands: Readonly<Record<CommandName, CommandHelp>> = {
  run: {
    usage: 'sim [run] --scenario NAME [flags]',
    description: 'runs a scenario with one seed, or with many (--seeds); the default command',
    examples: [
      'sim --seed 42 --scenario bank',
      'sim --seeds 50 --scenario bank --set variant=lost-update',
      'sim --seed 42 --scenario bank --backend real',
    ],
  },
  merge: {
    usage: 'sim merge BLOB... [flags]',
    description: 'makes one report of the parts of a sweep (--shard); a folder stands for the blobs in it',
    examples: ['sim merge reports/blobs', 'sim merge 1.blob 2.blob --reporter junit'],
  },
  trend: {
    usage: 'sim trend BLOB... [flags]',
    description:
      'shows failures and marks commit by commit, from the blobs of many sweeps; a folder stands for all blobs below it',
    examples: ['sim trend nightly'],
  },
  replay: {
    usage: 'sim replay FILE [flags]',
    description: 'replays a repro and checks that the run is the same',
    examples: ['sim replay reports/latest/repro.json'],
  },
  shrink: {
    usage: 'sim shrink FILE [flags]',
    description: 'makes a repro as small as possible and writes it to a file beside it',
    examples: ['sim shrink reports/latest/repro.json --max-runs 2000'],
  },
  debug: {
    usage: 'sim debug FILE [flags]',
    description: 'steps through a repro, back and forth, or stops in your code at one of its events',
    examples: [
      'sim debug reports/latest/repro.json',
      'sim debug reports/latest/repro.json --at failure',
      'sim debug reports/latest/repro.json --break 120',
    ],
  },
  init: {
    usage: 'sim init [FOLDER]',
    description: 'writes a first test, a config file and a CI workflow; keeps the files that are there',
    examples: ['sim init', 'sim init my-service'],
  },
  list: {
    usage: 'sim list',
    description: 'lists scenarios with their options, faults and strategies',
    examples: ['sim list'],
  },
  canary: {
    usage: 'sim canary [flags]',
    description: 'sweeps over the specimens (wrong on purpose); each must be caught',
    examples: ['sim canary', 'sim canary --starts 20 --members 3'],
  },
  serve: {
    usage: 'sim serve [flags]',
    description: 'serves the in-memory etcd to any etcd client; nothing is stored on disk',
    examples: ['sim serve', 'sim serve --listen 127.0.0.1:0', 'etcdctl --endpoints 127.0.0.1:2379 put a b'],
  },
  conformance: {
    usage: 'sim conformance [flags]',
    description: 'compares the in-memory etcd with a real one',
    examples: [
      'sim conformance --seed 1 --commands 200000',
      'sim conformance --commands 20000 --etcd-version 3.5',
    ],
  },
  doctor: {
    usage: 'sim doctor',
    description: 'checks that this machine has everything the backends need',
    examples: ['sim doctor'],
  },
  help: {
    usage: 'sim help [COMMAND]',
    description: 'prints the help of a command, or this help',
    examples: ['sim help list'],
  },
};

const exitCodeMeanings: readonly (readonly [number, string])[] = [
  [exitCodes.satisfied, 'every check holds'],
  [exitCodes.violated, 'a check is violated; the last line is the command that replays the failure'],
  [exitCodes.inconclusive, 'a check could not be decided'],
  [exitCodes.nondeterministic, 'one seed gave two different runs'],
  [exitCodes.usage, 'the command line, an environment variable or the config file is wrong'],
  [exitCodes.internal, 'something that the run needs is missing, or the simulator has a bug'],
  [exitCodes.interrupted, 'interrupted'],
];

/** The help of a command, wrapped to `width` characters; that of the default command is the general one. */
export function formatHelp(topic: CommandName, width: number): string {
  const sections = topic === 'run' || topic === 'help' ? generalHelp(width) : commandHelp(topic, width);
  return `${sections.join('\n\n')}\n`;
}

function generalHelp(width: number): string[] {
  const rows = commandNames.map((name): [string, string] => [
    commands[name].usage,
    commands[name].description,
  ]);
  return [
    'sim: deterministic simulation testing for code that coordinates through etcd',
    section('Commands', twoColumns(rows, width)),
    section('Flags of sim run', formatFlags('run', width)),
    section('Examples', commands.run.examples.map((example) => `  ${example}`).join('\n')),
    section(
      'Exit codes',
      twoColumns(
        exitCodeMeanings.map(([code, meaning]) => [String(code), meaning]),
        width,
      ),
    ),
    `A flag beats its environment variable, which beats the config file (same name, in camelCase).`,
  ];
}

function commandHelp(name: CommandName, width: number): string[] {
  const command = commands[name];
  return [
    `${command.usage}\n  ${command.description}`,
    section('Flags', formatFlags(name, width)),
    section('Examples', command.examples.map((example) => `  ${example}`).join('\n')),
  ];
}

function section(title: string, body: string): string {
  return `${title}\n${body}`;
}

function formatFlags(command: CommandName, width: number): string {
  const rows = flagEntries
    .filter(([, flag]) => flag.commands.includes(command))
    .map(([key, flag]): [string, string] => [usageOf(key, flag), explain(key, flag)]);
  return twoColumns(rows, width);
}

function explain(key: string, flag: Flag<unknown>): string {
  const notes: string[] = [];
  const usual = flag.defaultText ?? plainDefault(flag.default);
  if (usual !== undefined) notes.push(`default ${usual}`);
  if (flag.alsoFrom.includes('environment')) notes.push(variableNameOf(key));
  return notes.length === 0 ? flag.description : `${flag.description} (${notes.join('; ')})`;
}

function plainDefault(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}
