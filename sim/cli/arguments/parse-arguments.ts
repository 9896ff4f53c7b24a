/**
 * From arguments to a command and the texts of its flags. Values are `--flag value` or `--flag=value`; a switch is
 * `--flag` or `--no-flag`. Invariant: a flag is given at most once, unless its values can be joined.
 */
import { oneOf, quote, suggestion, InputError } from '../../input/parsed.js';
import { commandNames, flagNameOf, type CommandName, type Flag } from './flag.js';
import { flagEntries, type FlagKey } from './flags.js';

/** A text and where it stood, such as `--seed`, `SIM_SEED` or `seed in sim.config.mjs`. */
export interface GivenText {
  readonly text: string;
  readonly source: string;
}

export type GivenTexts = ReadonlyMap<FlagKey, readonly GivenText[]>;

export interface Arguments {
  readonly command: CommandName;
  /** What follows the command, such as the name in `sim help list`. */
  readonly topic: CommandName | undefined;
  /** The file that `sim replay` and `sim shrink` take, or the folder that `sim init` takes. */
  readonly file: string | undefined;
  readonly given: GivenTexts;
}

const shortFlags: ReadonlyMap<string, string> = new Map([['-h', '--help']]);

/** Reads the arguments after `sim`. @throws InputError */
export function parseArguments(argv: readonly string[], scenarioNames: readonly string[] = []): Arguments {
  const given = new Map<FlagKey, GivenText[]>();
  const words: string[] = [];
  const pending = argv.map((argument) => shortFlags.get(argument) ?? argument);
  for (let argument = pending.shift(); argument !== undefined; argument = pending.shift()) {
    if (argument === '--') words.push(...pending.splice(0));
    else if (argument.startsWith('-') && argument.length > 1) readFlag(argument, pending, given);
    else words.push(argument);
  }
  const { command, topic, file } = readWords(words, scenarioNames);
  for (const [key, flag] of flagEntries) {
    if (given.has(key) && !flag.commands.includes(command)) {
      throw new InputError(`--${flagNameOf(key)} is not a flag of sim ${command}`);
    }
  }
  return { command, topic, file, given };
}

function readFlag(argument: string, pending: string[], given: Map<FlagKey, GivenText[]>): void {
  const separator = argument.indexOf('=');
  const name = separator < 0 ? argument : argument.slice(0, separator);
  const attached = separator < 0 ? undefined : argument.slice(separator + 1);
  const { key, flag, negated } = findFlag(name);
  const texts = given.get(key) ?? [];
  if (texts.length > 0 && flag.join === undefined) throw new InputError(`${name} is given twice`);
  given.set(key, [...texts, { text: readText(), source: name }]);

  function readText(): string {
    if (flag.placeholder === undefined) {
      if (attached !== undefined) throw new InputError(`${name} takes no value, got ${quote(attached)}`);
      return negated ? 'false' : 'true';
    }
    if (attached !== undefined) return attached;
    const next = pending.shift();
    if (next === undefined) throw new InputError(`${name} expects a value (${flag.placeholder}), got none`);
    if (next.startsWith('--')) {
      throw new InputError(`${name} expects a value (${flag.placeholder}), got the flag ${quote(next)}`);
    }
    return next;
  }
}

/** Flags as other tools call them, which none of ours resembles. */
const OTHER_WORDS: Readonly<Record<string, string>> = { '--port': '--listen', '--host': '--listen' };

/** Finds a flag by what stands before `=`. */
function findFlag(name: string): { key: FlagKey; flag: Flag<unknown>; negated: boolean } {
  const valid: string[] = [];
  for (const [key, flag] of flagEntries) {
    const spelling = flagNameOf(key);
    if (name === `--${spelling}`) return { key, flag, negated: false };
    valid.push(`--${spelling}`);
    if (flag.placeholder !== undefined) continue;
    if (name === `--no-${spelling}`) return { key, flag, negated: true };
    valid.push(`--no-${spelling}`);
  }
  const hint =
    OTHER_WORDS[name] === undefined ? suggestion(name, valid) : `; did you mean ${OTHER_WORDS[name]}?`;
  throw new InputError(`unknown flag ${quote(name)}${hint === '' ? '; sim help lists the flags' : hint}`);
}

function readWords(
  words: readonly string[],
  scenarioNames: readonly string[],
): { command: CommandName; topic: CommandName | undefined; file: string | undefined } {
  const [first, second, third] = words;
  if (first === undefined) return { command: 'run', topic: undefined, file: undefined };
  const command = findCommand(first, scenarioNames);
  const takesFile = command === 'replay' || command === 'shrink' || command === 'init';
  const unexpected = command === 'help' || takesFile ? third : second;
  if (unexpected !== undefined) {
    throw new InputError(`unexpected argument ${quote(unexpected)} after sim ${words[0] ?? ''}`);
  }
  if (takesFile) return { command, topic: undefined, file: second };
  return { command, topic: second === undefined ? undefined : findCommand(second, []), file: undefined };
}

function findCommand(word: string, scenarioNames: readonly string[]): CommandName {
  const command = commandNames.find((name) => name === word);
  if (command !== undefined) return command;
  const hint = scenarioNames.includes(word)
    ? `; did you mean --scenario ${word}?`
    : suggestion(word, commandNames);
  throw new InputError(`unknown command ${quote(word)}: expected ${oneOf(commandNames)}${hint}`);
}
