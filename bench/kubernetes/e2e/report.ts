/**
 * The report of a sweep as texts that can be compared. Invariant: the comparison leaves out times, the name of
 * the folder and the journal, and the corpus, to which the parts of a sweep add nothing.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';

export interface Report {
  readonly exitCode: number;
  /** What it printed, and its files by name. */
  readonly texts: Readonly<Record<string, string>>;
}

/** What a difference shows around the place where it begins. */
const SHOWN_BEFORE = 60;
const SHOWN_AFTER = 120;

/** The report that lies in a folder. */
export function reportOf(folder: string, exitCode: number, output: string): Report {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'journal.jsonl')
    .map((entry) => path.join(entry.parentPath, entry.name))
    .map((file): [string, string] => [path.relative(folder, file), readFileSync(file, 'utf8')])
    .filter(([name]) => !name.startsWith('corpus/'))
    // The folder of a merged sweep says so.
    .map(([name, text]): [string, string] => [name.replace('-merged/', '/'), text]);
  const texts: readonly [string, string][] = [['what it printed', output], ...files];
  return {
    exitCode,
    texts: Object.fromEntries(
      texts.map(([name, text]) => [name, timeless(unpacked(text).replaceAll(folder, 'FOLDER'))]),
    ),
  };
}

/** What differs between the two reports, in lines; empty if nothing does. */
export function differences(one: Report, other: Report): string[] {
  const names = [...new Set([...Object.keys(one.texts), ...Object.keys(other.texts)])].sort();
  const codes = one.exitCode === other.exitCode ? [] : [`exit codes ${one.exitCode} and ${other.exitCode}`];
  const texts = names
    .filter((name) => one.texts[name] !== other.texts[name])
    .map((name) => `${name}: ${firstDifference(one.texts[name], other.texts[name])}`);
  return [...codes, ...texts];
}

function firstDifference(one: string | undefined, other: string | undefined): string {
  if (one === undefined) return 'only the second has it';
  if (other === undefined) return 'only the first has it';
  let at = 0;
  while (one[at] === other[at]) at++;
  const show = (text: string): string =>
    JSON.stringify(text.slice(Math.max(0, at - SHOWN_BEFORE), at + SHOWN_AFTER));
  return `${show(one)} and ${show(other)}`;
}

/** A large page holds its data compressed. */
function unpacked(text: string): string {
  return text.replace(
    /(<script type="application\/gzip" id="data">)([^<]*)/,
    (_, tag: string, data: string) => tag + gunzipSync(Buffer.from(data, 'base64')).toString('utf8'),
  );
}

/** Without times, which differ. */
export function timeless(text: string): string {
  return (
    text
      .replace(/("wallTimeMs":|"elapsedMs":)[\d.e+-]+/g, '$1T')
      .replace(/ time="[\d.]+"/g, ' time="T"')
      // Where the first column is wide, the rate has a line of its own.
      .replace(/^( *wall time).*$(\n *[\d.,]+ seeds a second$)?/gm, '$1')
      // A duration may decide the width of a column.
      .replace(/ +/g, ' ')
  );
}
