/**
 * From the arguments of `recipe` to what is to be run. Flags are read as Go's flag package reads them: one dash or
 * two, `-flag value` or `-flag=value`, the last one counts. Invariant: whatever is wrong is one printable line.
 */
import { quote } from './printable.js';

export const programNames = [
  'queue',
  'priority-queue',
  'barrier',
  'double-barrier',
  'bank',
  'mutex',
  'election',
] as const;

export type ProgramName = (typeof programNames)[number];

/** What was asked for. */
export type Request =
  | { readonly kind: 'run'; readonly program: ProgramName; readonly settings: Settings }
  | { readonly kind: 'help' }
  /** `message` is one line. */
  | { readonly kind: 'wrong'; readonly message: string };

export interface Settings {
  /** Addresses of members, such as `http://127.0.0.1:2379`. */
  readonly addresses: readonly string[];
  /** What the queue, barrier, lock or election is called; undefined where the program's own name is to be used. */
  readonly name: string | undefined;
  /** How many enter and leave a double barrier together. */
  readonly count: number;
}

const COUNT_DEFAULT = 2;
const ADDRESS_DEFAULT = 'http://127.0.0.1:2379';
const PORT_MAX = 65_535;

/** Spellings of flags, without their dashes. */
const flags: ReadonlyMap<string, 'addr' | 'name' | 'count'> = new Map([
  ['addr', 'addr'],
  ['name', 'name'],
  ['c', 'count'],
  ['count', 'count'],
]);

/** Reads the arguments after `recipe`. */
export function parseArguments(argv: readonly string[]): Request {
  const given = new Map<string, { readonly text: string; readonly spelling: string }>();
  const words: string[] = [];
  const pending = [...argv];
  for (let argument = pending.shift(); argument !== undefined; argument = pending.shift()) {
    if (argument === '--') words.push(...pending.splice(0));
    else if (!/^-./.test(argument)) words.push(argument);
    else {
      const [, spelling = '', name = '', attached] = /^(--?([^=]*))(?:=([\s\S]*))?$/.exec(argument) ?? [];
      if (name === 'h' || name === 'help') return { kind: 'help' };
      const flag = flags.get(name);
      if (flag === undefined)
        return wrong(`unknown flag ${quote(spelling)}: expected --addr, --name or --count`);
      const text = attached ?? pending.shift();
      if (text === undefined) return wrong(`${spelling} expects a value`);
      given.set(flag, { text, spelling });
    }
  }
  const [word, extra] = words;
  if (word === undefined) return wrong(`expected a program: ${programNames.join(', ')}`);
  if (word === 'help') return { kind: 'help' };
  const program = programNames.find((name) => name === word);
  if (program === undefined) {
    return wrong(`unknown program ${quote(word)}: expected ${programNames.join(', ')}`);
  }
  if (extra !== undefined) return wrong(`unexpected argument ${quote(extra)} after ${program}`);

  const addresses: string[] = [];
  const { text: list, spelling: addr } = given.get('addr') ?? { text: ADDRESS_DEFAULT, spelling: '--addr' };
  for (const text of list.split(',')) {
    const address = parseAddress(text.trim());
    if (address === undefined) {
      return wrong(
        `${addr}: expected addresses such as ${ADDRESS_DEFAULT}, joined by commas, got ${quote(list)}`,
      );
    }
    addresses.push(address);
  }
  if (new Set(addresses.map((address) => address.startsWith('https:'))).size > 1) {
    return wrong(`${addr}: expected all addresses with https or none, got ${quote(list)}`);
  }

  const name = given.get('name');
  if (name?.text === '') return wrong(`${name.spelling}: expected a name, got ""`);

  const counted = given.get('count');
  if (counted !== undefined && program !== 'double-barrier') {
    return wrong(`${counted.spelling} is a flag of double-barrier, not of ${program}`);
  }
  const count = counted === undefined ? COUNT_DEFAULT : parseCount(counted.text);
  if (count === undefined) {
    return wrong(
      `${counted?.spelling}: expected a whole number from 1 on, got ${quote(counted?.text ?? '')}`,
    );
  }
  return { kind: 'run', program, settings: { addresses, name: name?.text, count } };
}

function wrong(message: string): Request {
  return { kind: 'wrong', message };
}

/** As etcd's Go client takes it, with or without a scheme; undefined where it is none. */
function parseAddress(text: string): string | undefined {
  const parts = /^(https?:\/\/)?(\[[0-9a-fA-F:.]+\]|[^\s:/?#@[\]]+):([0-9]{1,5})\/?$/.exec(text);
  if (parts === null) return undefined;
  const [, scheme = 'http://', host = '', port = ''] = parts;
  if (Number(port) < 1 || Number(port) > PORT_MAX) return undefined;
  return `${scheme}${host}:${port}`;
}

function parseCount(text: string): number | undefined {
  const count = /^[0-9]{1,9}$/.test(text) ? Number(text) : 0;
  return count < 1 ? undefined : count;
}
