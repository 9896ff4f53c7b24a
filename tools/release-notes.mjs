/**
 * Prints the section of CHANGELOG.md for a version: `node tools/release-notes.mjs 0.2.0`. Fails if the version is not
 * that of package.json, or has no section.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const [version] = process.argv.slice(2);
const { version: packaged } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
const sections = readFileSync(path.join(root, 'CHANGELOG.md'), 'utf8').split(/^## /m).slice(1);
const section = sections.find((text) => /^\[?([^\]\s]+)/.exec(text)?.[1] === version);

if (version !== packaged) fail(`expected the version of package.json, ${packaged}, got ${version}`);
else if (section === undefined) fail(`expected a section "## [${version}]" in CHANGELOG.md, found none`);
else process.stdout.write(`${section.slice(section.indexOf('\n') + 1).trim()}\n`);

function fail(message) {
  process.stderr.write(`release-notes: ${message}\n`);
  process.exitCode = 64;
}
