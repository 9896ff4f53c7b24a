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
  /** The file that `sim replay`, `sim shrink` and `sim debug` take, or the folder that `sim init` takes. */
  readonly file: string | undefined;
  /** The blobs that `sim merge` and `sim trend` take. */
  readonly files: readonly string[];
  readonly given: GivenTexts;
}

const shortFlags: ReadonlyMap<string, string> = new Map([['-h', '--help']]);

/** Flags of earlier versions and of other tools, which none of ours resembles. */
const otherNames: ReadonlyMap<string, string> = new Map([
  ['--json', '--reporter json'],
  ['--port', '--listen'],
  ['--host', '--listen'],
]);

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
  const { command, topic, file, files } = readWords(words, scenarioNames);
  for (const [key, flag] of flagEntries) {
    if (given.has(key) && !flag.commands.includes(command)) {
      throw new InputError(`--${flagNameOf(key)} is not a flag of sim ${command}`);
    }
  }
  return { command, topic, file, files, given };
}

/** The arguments that give the same flags. */
export function argumentsOf(given: GivenTexts): string[] {
  return [...given].flatMap(([key, texts]) => {
    const flag = flagEntries.find(([name]) => name === key)?.[1];
    const name = flagNameOf(key);
    if (flag?.placeholder !== undefined) return texts.map(({ text }) => `--${name}=${text}`);
    return texts.map(({ text }) => (text === 'true' ? `--${name}` : `--no-${name}`));
  });
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
  const other = otherNames.get(name);
  const hint = other === undefined ? suggestion(name, valid) : `; did you mean ${other}?`;
  throw new InputError(`unknown flag ${quote(name)}${hint === '' ? '; sim help lists the flags' : hint}`);
}

function readWords(
  words: readonly string[],
  scenarioNames: readonly string[],
): Pick<Arguments, 'command' | 'topic' | 'file' | 'files'> {
  const none = { topic: undefined, file: undefined, files: [] };
  const [first, second, third] = words;
  if (first === undefined) return { ...none, command: 'run' };
  const command = findCommand(first, scenarioNames);
  if (command === 'merge' || command === 'trend') return { ...none, command, files: words.slice(1) };
  const takesFile = ['replay', 'shrink', 'debug', 'init'].includes(command);
  const unexpected = command === 'help' || takesFile ? third : second;
  if (unexpected !== undefined) {
    throw new InputError(`unexpected argument ${quote(unexpected)} after sim ${words[0] ?? ''}`);
  }
  if (takesFile) return { ...none, command, file: second };
  return { ...none, command, topic: second === undefined ? undefined : findCommand(second, []) };
}

function findCommand(word: string, scenarioNames: readonly string[]): CommandName {
  const command = commandNames.find((name) => name === word);
  if (command !== undefined) return command;
  const hint = scenarioNames.includes(word)
    ? `; did you mean --scenario ${word}?`
    : suggestion(word, commandNames);
  throw new InputError(`unknown command ${quote(word)}: expected ${oneOf(commandNames)}${hint}`);
}
