/** Callbacks that wait on behalf of a call, as the host wants them. */
import type { EtcdHost } from './service.js';

/** The callback, tied to the call that is being served where the host does so (see {@link EtcdHost.bind}). */
export function bound<A extends readonly unknown[], R>(
  host: EtcdHost,
  callback: (...given: A) => R,
  otherwise: R,
): (...given: A) => R {
  return host.bind?.(callback, otherwise) ?? callback;
}
