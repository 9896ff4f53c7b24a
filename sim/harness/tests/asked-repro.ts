/** The repro that `SIM_REPRO` names, and the test that it is of. */
import { existsSync, readFileSync } from 'node:fs';
import { messageOf } from '../../input/describe-thrown.js';
import { InputError, quote, singleLine } from '../../input/parsed.js';
import path from 'node:path';
import { attempt } from '../../input/describe-value.js';
import type { TestSource } from '../../run/run-result.js';

export interface AskedRepro {
  readonly file: string;
  readonly text: string;
}

/** Undefined where none is asked for. @throws InputError where it cannot be read */
export function askedRepro(): AskedRepro | undefined {
  const file = process.env['SIM_REPRO'];
  if (file === undefined || file === '') return undefined;
  try {
    return { file, text: readFileSync(file, 'utf8') };
  } catch (error) {
    const why = singleLine(messageOf(error));
    throw new InputError(`SIM_REPRO: expected the path of a repro, got ${quote(file)}: ${why}`);
  }
}

/** Undefined where the repro names none, or is none: the test that runs it says so. */
export function testOfAskedRepro(): TestSource | undefined {
  return attempt(() => {
    const { test } = JSON.parse(askedRepro()?.text ?? '{}') as { readonly test?: TestSource };
    return typeof test?.title === 'string' ? test : undefined;
  });
}

/** Whether the test's file is there. @param root of its runner */
export function isThere({ file }: TestSource, root: string): boolean {
  return file !== undefined && existsSync(path.resolve(root, file));
}
