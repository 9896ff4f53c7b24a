/** The recipe variant that a run uses. */
import type { OptionValues } from '../sim/plan/options.js';

/** @param variants by the values of the option `variant` */
export function variantOf<T>(variants: Readonly<Record<string, T>>, options: OptionValues): T {
  const name = String(options['variant']);
  const found = variants[name];
  if (found === undefined) throw new Error(`no variant ${name}`);
  return found;
}
