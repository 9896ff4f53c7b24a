/** When each key of a log lived: from its creation to its deletion, again and again. */
import type { LogEntry } from '../../sim/history/history.js';

interface Life {
  readonly created: number;
  /** Infinity where it still lives. */
  deleted: number;
}

export class KeyLives {
  readonly #lives = new Map<string, Life[]>();

  constructor(log: readonly LogEntry[]) {
    for (const { revision, events } of log) {
      for (const { type, key, version } of events) {
        const lives = this.#lives.get(key) ?? [];
        this.#lives.set(key, lives);
        const last = lives.at(-1);
        if (type === 'delete') {
          if (last !== undefined) last.deleted = revision;
        } else if (version === 1) lives.push({ created: revision, deleted: Infinity });
      }
    }
  }

  /** Whether the key, as created at one revision, was there at another; Infinity asks for the end of the log. */
  exists(key: string, created: number, at: number): boolean {
    const life = this.#lives.get(key)?.find((one) => one.created === created);
    return (
      life !== undefined &&
      life.created <= at &&
      (at === Infinity ? life.deleted === Infinity : at < life.deleted)
    );
  }
}
