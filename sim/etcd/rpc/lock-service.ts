/** The Lock service: the member takes a lock for its caller, as a client of itself. */
import { lock, unlock } from '../concurrency/mutex.js';
import { unaryProcedure } from '../concurrency/unary-procedure.js';
import { LOCK_REQUEST, LOCK_RESPONSE, UNLOCK_REQUEST, UNLOCK_RESPONSE } from '../wire/lock.js';
import type { Method } from './server.js';

/** The Lock service's methods by name. */
export const LOCK_METHODS: Readonly<Record<string, Method>> = {
  Lock: unaryProcedure(LOCK_REQUEST, LOCK_RESPONSE, lock),
  Unlock: unaryProcedure(UNLOCK_REQUEST, UNLOCK_RESPONSE, unlock),
};
