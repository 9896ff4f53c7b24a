/** Pages and their data, for tests: what the page's application reads. */
import { gunzipSync } from 'node:zlib';
import { buildScene, type Scene } from '../../reports/app/diagram/scene.js';
import { messagesOf } from '../../sim/moment/messages.js';
import { unpackRun, type ShownRun } from '../../reports/app/data/unpack.js';
import { packRun, type PackLimits } from '../../sim/report/page/pack-run.js';
import type { RunPage } from '../../sim/report/page/page-data.js';
import type { RunResult } from '../../sim/run/run-result.js';

/** The data in a page. */
export function dataOf(html: string): RunPage {
  const [, type = '', text = ''] =
    /<script type="application\/(json|gzip)" id="data">([^<]*)</.exec(html) ?? [];
  return JSON.parse(
    type === 'json' ? text : gunzipSync(Buffer.from(text, 'base64')).toString('utf8'),
  ) as RunPage;
}

export const everything: PackLimits = {
  momentsMax: 1_000_000,
  eventsMax: 1_000_000,
  textMax: 10_000,
  reproMax: 1_000_000,
};

/** A run as the page has it. */
export function shownRun(result: RunResult, limits = everything): ShownRun {
  return unpackRun(packRun(result, undefined, limits));
}

/** Its diagram, with everything on it. */
export function sceneOf(result: RunResult): Scene {
  const run = shownRun(result);
  const messages = run.recording === undefined ? undefined : messagesOf(run.recording);
  return buildScene({ run, messages, past: undefined });
}
