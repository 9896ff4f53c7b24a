/**
 * From the arguments of `recipe` to the program that it runs. Flags take one dash or two, as Go's do, and the last one
 * counts. Invariant: every mistake is reported in one printable line.
 */
import { parseArgs } from 'node:util';
import { printable, quote } from './printable.js';

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

/** The parsed command line. */
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

const flags = {
  addr: { type: 'string', default: ADDRESS_DEFAULT },
  name: { type: 'string' },
  count: { type: 'string' },
  help: { type: 'boolean' },
} as const;

/** A flag with one dash or two, up to its value. */
const SPELLED = /^--?(addr|name|count|help|c|h)(?==|$)/;
const LONG: Readonly<Record<string, string>> = { c: 'count', h: 'help' };

/** Reads the arguments after `recipe`. */
export function parseArguments(argv: readonly string[]): Request {
  const args = argv.map((argument) =>
    argument.replace(SPELLED, (_, name: string) => `--${LONG[name] ?? name}`),
  );
  let read: ReturnType<typeof readFlags>;
  try {
    read = readFlags(args);
  } catch (error) {
    const message = (error as Error).message.replaceAll('\n', ' ').replace(/\.$/, '');
    return wrong(printable(message));
  }
  const { values, positionals } = read;
  if (values.help || positionals[0] === 'help') return { kind: 'help' };
  return requestOf(values, positionals);
}

/** @throws Error in Node's words, which may have several lines */
function readFlags(args: string[]) {
  return parseArgs({ args, options: flags, allowPositionals: true });
}

function requestOf(
  given: { readonly addr: string; readonly name?: string; readonly count?: string },
  [word, extra]: readonly string[],
): Request {
  if (word === undefined) return wrong(`expected a program: ${programNames.join(', ')}`);
  const program = programNames.find((name) => name === word);
  if (program === undefined) {
    return wrong(`unknown program ${quote(word)}: expected ${programNames.join(', ')}`);
  }
  if (extra !== undefined) return wrong(`unexpected argument ${quote(extra)} after ${program}`);

  const addresses = given.addr.split(',').map((text) => parseAddress(text.trim()));
  if (!addresses.every((address) => address !== undefined)) {
    return wrong(
      `--addr: expected addresses such as ${ADDRESS_DEFAULT}, joined by commas, got ${quote(given.addr)}`,
    );
  }
  if (new Set(addresses.map((address) => address.startsWith('https:'))).size > 1) {
    return wrong(`--addr: expected all addresses with https or none, got ${quote(given.addr)}`);
  }
  if (given.name === '') return wrong('--name: expected a name, got ""');
  if (given.count !== undefined && program !== 'double-barrier') {
    return wrong(`--count is a flag of double-barrier, not of ${program}`);
  }
  const count = given.count === undefined ? COUNT_DEFAULT : parseCount(given.count);
  if (count === undefined) {
    return wrong(`--count: expected a whole number of at least 1, got ${quote(given.count ?? '')}`);
  }
  return { kind: 'run', program, settings: { addresses, name: given.name, count } };
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
