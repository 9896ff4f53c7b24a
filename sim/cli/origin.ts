/** Finds out which commit a sweep runs on: what the user says, or CI, or Git. */
import { execFile } from 'node:child_process';
import type { Origin } from '../harness/sweep/header.js';
import type { CliEnvironment } from './environment.js';

/** Of GitHub Actions, GitLab, Buildkite, CircleCI and Jenkins. */
const VARIABLES = ['GITHUB_SHA', 'CI_COMMIT_SHA', 'BUILDKITE_COMMIT', 'CIRCLE_SHA1', 'GIT_COMMIT'] as const;

/** A name of this length is unique in every repository of ordinary size. */
const LENGTH = 12;

/** Undefined where the commit is unknown. @param asked the name that the user gives it */
export async function originOf(
  asked: string | undefined,
  { env, cwd, timeOfDay }: Pick<CliEnvironment, 'env' | 'cwd' | 'timeOfDay'>,
): Promise<Origin | undefined> {
  const said = VARIABLES.map((name) => env[name]?.trim() ?? '').find((text) => text !== '');
  const commit = asked ?? said?.slice(0, LENGTH) ?? (await checkedOut(cwd));
  return commit === undefined ? undefined : { commit, startedAt: timeOfDay() };
}

/** `1a2b3c4d5e6f`, with `-dirty` where files have changed; undefined where it is no checkout. */
function checkedOut(cwd: string): Promise<string | undefined> {
  const describe = ['describe', '--always', '--dirty', '--exclude=*', `--abbrev=${LENGTH}`];
  return new Promise((resolve) => {
    execFile('git', describe, { cwd }, (error, stdout) => {
      const commit = stdout.trim();
      resolve(error === null && commit !== '' ? commit : undefined);
    });
  });
}
