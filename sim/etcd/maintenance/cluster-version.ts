/**
 * The agreed version of the cluster, and the downgrade under way; part of the replicated state. Invariant: a
 * downgrade goes one minor version down, and there is at most one.
 *
 * Left out: once a downgrade is enabled, a real cluster lowers its version, and then its storage's, within
 * some five seconds. It raises them again after the downgrade is cancelled. Here both stay unchanged.
 */
import { ERRORS } from '../errors.js';
import { failed, ok, type Result } from '../result.js';

export interface DowngradeInfo {
  readonly enabled: boolean;
  /** Such as `3.5.0`; empty if no downgrade is under way. */
  readonly targetVersion: string;
}

/** Without its patch version, which a cluster does not have. */
export interface MinorVersion {
  readonly major: bigint;
  readonly minor: bigint;
}

const NONE: DowngradeInfo = { enabled: false, targetVersion: '' };

export class ClusterVersion {
  readonly #version: MinorVersion;
  #downgrade = NONE;

  /** @param text such as `3.6` */
  constructor(text: string) {
    const parsed = minorVersionOf(text);
    if (parsed === undefined) throw new Error(`expected a version such as 3.6, got ${text}`);
    this.#version = parsed;
  }

  get downgrade(): DowngradeInfo {
    return this.#downgrade;
  }

  /** Such as `3.6`. */
  get text(): string {
    return `${this.#version.major}.${this.#version.minor}`;
  }

  copyFrom(other: ClusterVersion): void {
    this.#downgrade = other.#downgrade;
  }

  validate(target: MinorVersion): Result<undefined> {
    const { major, minor } = this.#version;
    if (target.major !== major || target.minor !== minor - 1n) {
      return failed(ERRORS.invalidDowngradeTargetVersion);
    }
    return this.#downgrade.enabled ? failed(ERRORS.downgradeInProcess) : ok(undefined);
  }

  enable({ major, minor }: MinorVersion): void {
    this.#downgrade = { enabled: true, targetVersion: `${major}.${minor}.0` };
  }

  cancel(): void {
    this.#downgrade = NONE;
  }
}

/** The part of a semantic version after its three numbers. */
const REST = String.raw`(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?`;
const WHOLE = new RegExp(String.raw`^(\d+)\.(\d+)\.(\d+)${REST}$`);

/**
 * The version, with or without a patch version; undefined if the text is no version. Numbers have to fit into
 * 63 bits.
 */
export function minorVersionOf(text: string): MinorVersion | undefined {
  const parts = WHOLE.exec(text) ?? WHOLE.exec(`${text}.0`);
  if (parts === null) return undefined;
  const [major = 0n, minor = 0n, patch = 0n] = parts.slice(1, 4).map(BigInt);
  return [major, minor, patch].every((one) => one < 1n << 63n) ? { major, minor } : undefined;
}
