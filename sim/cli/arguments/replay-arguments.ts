/**
 * The shell command that runs one seed of a request again. Invariant: parsing the command gives the same request and
 * seed, with any environment variables and any config file around it.
 */
import { shellQuote } from '../../input/shell-quote.js';
import { formatFaultSelection } from '../../explore/fault-selection.js';
import { formatStrategySelection } from '../../explore/strategies/strategy-selection.js';
import { flagNameOf } from './flag.js';
import { flags, type FlagKey } from './flags.js';
import type { RunSettings } from './run-parameters.js';

/**
 * The settings that a replay command names even if they equal the default, because a weaker place may set them
 * otherwise.
 */
export interface Pinned {
  readonly flags: ReadonlySet<FlagKey>;
  readonly options: ReadonlySet<string>;
  /** The config file to name; undefined where the command finds it by itself. */
  readonly config: string | undefined;
}

const nothingPinned: Pinned = { flags: new Set(), options: new Set(), config: undefined };

/** The arguments after `sim`. */
export function replayArguments(
  request: RunSettings,
  seed: number,
  pinned: Pinned = nothingPinned,
): string[] {
  const { scenario, options } = request;
  const given: string[] = ['--seed', String(seed), '--scenario', scenario.name];
  for (const [name, value] of Object.entries(options)) {
    const usual = value === scenario.options[name]?.default;
    if (!usual || pinned.options.has(name)) given.push('--set', `${name}=${value}`);
  }
  const add = (key: FlagKey, value: string, usual: string) => {
    if (value !== usual || pinned.flags.has(key)) given.push(`--${flagNameOf(key)}`, value);
  };
  add('faults', formatFaultSelection(request.faults), formatFaultSelection(flags.faults.default));
  const members = request.endpoints?.length ?? scenario.members ?? flags.members.default;
  add('members', String(request.members), String(members));
  if (request.endpoints === undefined) {
    add('etcdVersion', request.etcdVersion, flags.etcdVersion.default);
  }
  // On a real etcd the machine decides the order of events, so that a strategy has no effect.
  if (request.backend === 'simulated') {
    add(
      'strategy',
      formatStrategySelection(request.strategy),
      formatStrategySelection(flags.strategy.default),
    );
  }
  add('backend', request.backend, flags.backend.default);
  if (request.endpoints !== undefined) given.push('--endpoints', request.endpoints.join(','));
  if (request.toxiproxy !== undefined) given.push('--toxiproxy', request.toxiproxy);
  for (const key of ['maxEvents', 'maxVirtualTimeMs', 'livenessMs'] as const) {
    add(key, String(request.budget[key]), String(flags[key].default));
  }
  if (pinned.config !== undefined) given.push('--config', pinned.config);
  return given;
}

/** The whole command, for a POSIX shell. */
/** @param command how the user types it */
export function replayCommand(request: RunSettings, seed: number, pinned?: Pinned, command = 'sim'): string {
  return [command, ...replayArguments(request, seed, pinned).map(shellQuote)].join(' ');
}
