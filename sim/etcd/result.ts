/** The outcome of carrying out a request: a value, or an error of the registry. */
import type { ErrorEntry } from './errors.js';

export interface Success<T> {
  readonly kind: 'ok';
  readonly value: T;
}

export interface Failure {
  readonly kind: 'failed';
  readonly error: ErrorEntry;
}

export type Result<T> = Success<T> | Failure;

export function ok<T>(value: T): Success<T> {
  return { kind: 'ok', value };
}

export function failed(error: ErrorEntry): Failure {
  return { kind: 'failed', error };
}
