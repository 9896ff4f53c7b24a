/** What the function of a software transaction sees. */

/** Options of one put. */
export interface PutOptions {
  /** Id of the lease the key is attached to, in decimal. */
  readonly lease?: string | number;
}

/**
 * Reads and writes of one execution. Everything a transaction reads or writes must go through it. The function may
 * be executed several times, so it should have no other effects.
 */
export interface Transaction {
  /** The key's value as UTF-8 text, or null where it does not exist: the transaction's own writes come first. */
  get(key: string): Promise<string | null>;
  /** The values of several keys, in their order, read in one request and at one revision. */
  get(keys: readonly string[]): Promise<(string | null)[]>;
  /** The same as bytes. */
  getBuffer(key: string): Promise<Buffer | null>;
  getBuffer(keys: readonly string[]): Promise<(Buffer | null)[]>;
  /**
   * The revision at which the key was last modified, 0 where it does not exist. Reads the key; the transaction's
   * own writes have no revision yet and are not seen.
   */
  rev(key: string): Promise<number>;
  /** Writes the key when the transaction commits. */
  put(key: string, value: string | Buffer, options?: PutOptions): void;
  /** Deletes the key when the transaction commits. */
  del(key: string): void;
}
