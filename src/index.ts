/** The recipes: coordination over an etcd3 client, for production. */
export { STM, type RunOptions, type RunResult, type StmOptions } from './stm/stm.js';
export type { Isolation } from './stm/isolation.js';
export type { PutOptions, Transaction } from './stm/transaction.js';
export { transfer, type TransferOptions, type TransferRequest, type TransferResult } from './transfer.js';
export type { BackoffOptions } from './backoff.js';
export type { EffortOptions } from './effort.js';
export { ConflictError, DefiniteError, IndefiniteError, RecipeError } from './errors.js';
