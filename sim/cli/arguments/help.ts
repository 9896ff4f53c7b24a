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
    description: 'runs a scenario on one seed, or on many with --seeds; the default command',
    examples: [
      'sim --seed 42 --scenario bank',
      'sim --seeds 50 --scenario bank --set variant=lost-update',
      'sim --seed 42 --scenario bank --backend real',
    ],
  },
  replay: {
    usage: 'sim replay FILE [flags]',
    description: 'runs a repro again: the same run, or where and why it is another',
    examples: ['sim replay reports/latest/repro.json'],
  },
  shrink: {
    usage: 'sim shrink FILE [flags]',
    description: 'makes a repro as small as its failure allows, in a file beside it',
    examples: ['sim shrink reports/latest/repro.json --max-runs 2000'],
  },
  init: {
    usage: 'sim init [FOLDER]',
    description: 'writes a first test, a config file and a CI workflow; keeps the files that are there',
    examples: ['sim init', 'sim init my-service'],
  },
  list: {
    usage: 'sim list',
    description: 'lists the scenarios with their options, and the kinds of fault',
    examples: ['sim list'],
  },
  canary: {
    usage: 'sim canary [flags]',
    description: 'sweeps over the specimens, which are wrong on purpose: each must be caught',
    examples: ['sim canary', 'sim canary --starts 20 --members 3'],
  },
  serve: {
    usage: 'sim serve [flags]',
    description: 'serves the in-memory etcd to any etcd client; its data ends with it',
    examples: ['sim serve', 'sim serve --listen 127.0.0.1:0', 'etcdctl --endpoints 127.0.0.1:2379 put a b'],
  },
  conformance: {
    usage: 'sim conformance [flags]',
    description: 'looks for differences between the in-memory etcd and a real one',
    examples: [
      'sim conformance --seed 1 --commands 200000',
      'sim conformance --commands 20000 --etcd-version 3.5',
    ],
  },
  doctor: {
    usage: 'sim doctor',
    description: 'tells whether this machine has what the backends need',
    examples: ['sim doctor'],
  },
  help: {
    usage: 'sim help [COMMAND]',
    description: 'prints the help of a command, or this',
    examples: ['sim help list'],
  },
};

const exitCodeMeanings: readonly (readonly [number, string])[] = [
  [exitCodes.satisfied, 'everything that was checked holds'],
  [exitCodes.violated, 'a check is violated; the last line is the command that replays it'],
  [exitCodes.inconclusive, 'a check could not be decided'],
  [exitCodes.nondeterministic, 'the same seed gave two different runs'],
  [exitCodes.usage, 'the command line, an environment variable or the config file makes no sense'],
  [exitCodes.internal, 'something the run needs is missing, or the simulator itself is at fault'],
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
    `A flag beats its environment variable, which beats the same name in camelCase in the config file.`,
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
