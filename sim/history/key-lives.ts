/** When each key of a log lived: from its creation to its deletion, again and again. */
import type { LogEntry } from './history.js';

interface Life {
  readonly created: number;
  /** Infinity if it still lives. */
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

  /** Whether the key created at one revision still existed at another; Infinity means the end of the log. */
  exists(key: string, created: number, at: number): boolean {
    return this.#lives.get(key)?.some((life) => life.created === created && isAlive(life, at)) === true;
  }

  /** Whether the key existed at a revision, whichever call created it. */
  isThere(key: string, at: number): boolean {
    return this.#lives.get(key)?.some((life) => isAlive(life, at)) === true;
  }
}

function isAlive({ created, deleted }: Life, at: number): boolean {
  return created <= at && (at === Infinity ? deleted === Infinity : at < deleted);
}
