/**
 * `npm run screenshot`: takes the README's picture, `docs/images/report.png`, of the report of one repro in a real
 * Chromium. Needs Chromium on the PATH, or named by `CHROMIUM_BIN`. Invariant: everything in the picture is in the
 * report; some sections are left out so that the story, the diagram and the state fit.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const REPRO = 'docs/examples/repros/stm-applied-twice.json';
const PICTURE = path.join(ROOT, 'docs/images/report.png');
const WINDOW = { width: 960, height: 1222 };
const BYTES_MAX = 180_000;

const scratch = mkdtempSync(path.join(tmpdir(), 'etcd-sim-screenshot-'));
try {
  run(process.execPath, ['dist/scenarios/main.js', 'replay', REPRO, '--out', scratch], [1]);
  const page = path.join(scratch, 'page.html');
  writeFileSync(page, cutDown(readFileSync(path.join(scratch, 'latest/index.html'), 'utf8')));
  run(process.env['CHROMIUM_BIN'] ?? 'chromium', [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-dev-shm-usage',
    '--hide-scrollbars',
    '--force-color-profile=srgb',
    `--user-data-dir=${path.join(scratch, 'profile')}`,
    `--window-size=${WINDOW.width},${WINDOW.height}`,
    `--screenshot=${PICTURE}`,
    pathToFileURL(page).href,
  ]);
  const { size } = statSync(PICTURE);
  console.log(`${path.relative(ROOT, PICTURE)}: ${size.toLocaleString('en-US')} bytes`);
  if (size > BYTES_MAX) throw new Error(`expected at most ${BYTES_MAX} bytes, got ${size}`);
} finally {
  rmSync(scratch, { recursive: true });
}

/** Hides sections with a style sheet of its own, which the page's policy would refuse. */
function cutDown(page: string): string {
  const hidden = '.section-checks, .section-state-at-this-moment ~ *, .facts, .keys, .panel, details';
  return page
    .replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, '')
    .replace('</head>', `<style>${hidden} { display: none }</style></head>`);
}

function run(program: string, words: readonly string[], codes: readonly number[] = [0]): void {
  const { status, error, stderr } = spawnSync(program, words, { cwd: ROOT, encoding: 'utf8' });
  if (error !== undefined) throw error;
  if (!codes.includes(status ?? -1)) throw new Error(`${program} ended with ${String(status)}: ${stderr}`);
}
