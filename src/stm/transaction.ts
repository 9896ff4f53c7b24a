/** The reads and writes that the function of a software transaction can make. */

/** Options of one put. */
export interface PutOptions {
  /** Id of the lease the key is attached to, in decimal. */
  readonly lease?: string | number;
}

/**
 * Reads and writes of one execution. The transaction must read and write through it only. The function may be executed
 * several times, so it should have no other effects.
 */
export interface Transaction {
  /** The key's value as UTF-8 text, or null if it does not exist; sees the transaction's own writes. */
  get(key: string): Promise<string | null>;
  /** The values of several keys, in their order, read in one request and at one revision. */
  get(keys: readonly string[]): Promise<(string | null)[]>;
  /** The same as bytes. */
  getBuffer(key: string): Promise<Buffer | null>;
  getBuffer(keys: readonly string[]): Promise<(Buffer | null)[]>;
  /**
   * The revision at which the key was last modified, 0 if it does not exist. Reads the key. The transaction's own
   * writes have no revision yet, so it does not see them.
   */
  rev(key: string): Promise<number>;
  /** Writes the key when the transaction commits. */
  put(key: string, value: string | Buffer, options?: PutOptions): void;
  /** Deletes the key when the transaction commits. */
  del(key: string): void;
}
