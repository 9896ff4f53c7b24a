/** Begins something for its first user and ends it after its last: overlapping faults share it. */

export interface ReferenceCount {
  /** Resolves once it has begun; a synchronous beginning is done when this returns. */
  begin(what: string): void | Promise<void>;
  end(what: string): void | Promise<void>;
  /** Whether it has any users. */
  holds(what: string): boolean;
}

type Action = (what: string) => void | Promise<void>;

export function referenceCount(begin: Action, end: Action): ReferenceCount {
  const wanted = new Map<string, number>();
  return {
    begin(what) {
      const count = wanted.get(what) ?? 0;
      wanted.set(what, count + 1);
      if (count > 0) return undefined;
      const beginning = begin(what);
      if (!(beginning instanceof Promise)) return undefined;
      // A user whose beginning failed does not end it.
      return beginning.catch((error: unknown) => {
        wanted.set(what, (wanted.get(what) ?? 1) - 1);
        throw error;
      });
    },
    end(what) {
      const count = (wanted.get(what) ?? 1) - 1;
      wanted.set(what, count);
      return count === 0 ? end(what) : undefined;
    },
    holds: (what) => (wanted.get(what) ?? 0) > 0,
  };
}
