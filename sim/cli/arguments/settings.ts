/**
 * From texts to settings: the command line beats environment variables, which beat the config file, which beats the
 * defaults. Invariant: every setting is valid, or the error names the place it came from.
 */
import { flagEntries, flags, type FlagKey, type Settings } from './flags.js';
import { variableNameOf } from './flag.js';
import type { GivenText, GivenTexts } from './parse-arguments.js';
import { InputError } from '../../input/parsed.js';

/** Where a setting came from. */
export type Origin = 'flag' | 'environment' | 'config' | 'default';

export interface ResolvedSettings {
  readonly settings: Settings;
  readonly origins: Readonly<Record<FlagKey, Origin>>;
  /** Where each option of `--set` came from. */
  readonly optionOrigins: ReadonlyMap<string, Origin>;
}

/** What each place says. */
export interface GivenEverywhere {
  readonly flag: GivenTexts;
  readonly environment: GivenTexts;
  readonly config: GivenTexts;
}

/** From strong to weak. */
const places = ['flag', 'environment', 'config'] as const;

/** Settles every setting. @throws InputError */
export function resolveSettings(given: GivenEverywhere): ResolvedSettings {
  const values: [string, unknown][] = [];
  const origins: [string, Origin][] = [];
  for (const [key] of flagEntries) {
    const origin = places.find((place) => given[place].has(key));
    // What a stronger place overrides is still read, so that a mistake does not lie hidden.
    const read = places.map((place) => readTexts(key, given[place].get(key) ?? []));
    const strongest = read.find((value) => value !== undefined);
    values.push([key, strongest === undefined ? flags[key].default : strongest.value]);
    origins.push([key, origin ?? 'default']);
  }
  const set = settleOptions(given);
  const settings = Object.fromEntries([...values, ['set', set.assignments]]) as unknown as Settings;
  return {
    settings,
    origins: Object.fromEntries(origins) as Record<FlagKey, Origin>,
    optionOrigins: set.optionOrigins,
  };
}

/** The texts that environment variables give; an empty variable is no variable. */
export function givenByEnvironment(env: Readonly<Record<string, string | undefined>>): GivenTexts {
  const given = new Map<FlagKey, GivenText[]>();
  for (const [key, flag] of flagEntries) {
    const source = variableNameOf(key);
    const text = env[source];
    if (!flag.alsoFrom.includes('environment') || text === undefined || text === '') continue;
    given.set(key, [{ text, source }]);
  }
  return given;
}

/** Options are merged one by one: `--set` on the command line hides only the same option elsewhere. */
function settleOptions(given: GivenEverywhere) {
  const assignments = new Map<string, string>();
  const optionOrigins = new Map<string, Origin>();
  for (const place of places) {
    const read = readTexts('set', given[place].get('set') ?? []);
    for (const [name, text] of Object.entries((read?.value ?? {}) as Settings['set'])) {
      if (assignments.has(name)) continue;
      assignments.set(name, text);
      optionOrigins.set(name, place);
    }
  }
  return { assignments: Object.fromEntries(assignments), optionOrigins };
}

function readTexts(key: FlagKey, texts: readonly GivenText[]): { readonly value: unknown } | undefined {
  const flag = flagEntries.find(([name]) => name === key)?.[1];
  let joined: { readonly value: unknown } | undefined;
  for (const { text, source } of texts) {
    let parsed = flag?.parse(text);
    if (parsed?.kind === 'ok' && joined !== undefined)
      parsed = flag?.join?.(joined.value, parsed.value) ?? parsed;
    if (parsed === undefined) continue;
    if (parsed.kind === 'malformed') throw new InputError(`${source}: ${parsed.message}`);
    joined = { value: parsed.value };
  }
  return joined;
}
