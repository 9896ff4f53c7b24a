/** The flags of a sweep: when it ends, where it continues, and which part of it a machine runs. */
import { parseDuration } from '../../input/duration.js';
import type { Shard } from '../../harness/sweep/header.js';
import { expected, ok, parseInteger, type Parsed } from '../../input/parsed.js';
import { flag } from './flag.js';
import { parsePath, parseSwitch } from './value-shapes.js';

const everywhere = ['environment', 'config'] as const;
const run = ['run'] as const;

export const sweepFlags = {
  keepGoing: flag<boolean>({
    description: 'continues a sweep after failures',
    commands: run,
    default: false,
    parse: parseSwitch,
    alsoFrom: everywhere,
  }),
  bail: flag<number>({
    description: 'ends a sweep after so many violated seeds',
    placeholder: 'N',
    commands: run,
    default: 1,
    parse: (text) => parseInteger(text, { min: 1, max: 1_000_000_000 }),
    alsoFrom: everywhere,
  }),
  timeLimit: flag<number | undefined>({
    description:
      'begins no further seed after this time, such as 30s or 10m; the result then holds for the seeds that have run',
    placeholder: 'DURATION',
    commands: run,
    default: undefined,
    parse: parseDuration,
    alsoFrom: everywhere,
  }),
  resume: flag<string | undefined>({
    description:
      'continues the sweep whose report is in this folder, or the latest one in --out, where it was interrupted',
    placeholder: 'FOLDER|latest',
    commands: run,
    default: undefined,
    parse: parsePath('the folder of a report, or latest'),
    alsoFrom: [],
  }),
  shard: flag<Shard | undefined>({
    description: 'runs one of N equal parts of a sweep and writes a blob, for sim merge',
    placeholder: 'I/N',
    commands: run,
    default: undefined,
    parse: parseShard,
    alsoFrom: ['environment'],
  }),
  commit: flag<string | undefined>({
    description: 'names the commit that the sweep runs on, for sim trend',
    placeholder: 'NAME',
    commands: run,
    default: undefined,
    defaultText: 'what CI or Git says',
    parse: parseCommit,
    alsoFrom: ['environment'],
  }),
} as const;

const COMMIT_LENGTH_MAX = 200;

function parseCommit(text: string): Parsed<string> {
  const name = text.trim();
  const isName = name !== '' && name.length <= COMMIT_LENGTH_MAX;
  return isName ? ok(name) : expected(`the name of a commit, ${COMMIT_LENGTH_MAX} characters at most`, text);
}

const SHARDS_MAX = 100_000;

/** Reads `2/8`: the second of eight parts. */
function parseShard(text: string): Parsed<Shard> {
  const what = 'I/N such as 2/8, with I from 1 to N';
  const [indexText = '', ofText = '', ...rest] = text.split('/');
  const of = parseInteger(ofText, { min: 1, max: SHARDS_MAX });
  if (of.kind === 'malformed' || rest.length > 0) return expected(what, text);
  const index = parseInteger(indexText, { min: 1, max: of.value });
  return index.kind === 'malformed' ? expected(what, text) : ok({ index: index.value, of: of.value });
}
