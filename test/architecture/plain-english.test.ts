/** What people read is plain English: no sentence that reads as if it were translated. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { expect, it } from 'vitest';
import { parse, root, sources } from './sources.js';

/** A phrase, with a hint that says how to put it instead. */
const banned: readonly (readonly [RegExp, string])[] = [
  [/\bwho(m|so)?ever\b/i, 'name the subject: a node, a client, a caller'],
  [/\bwhatever\b/i, 'say "any" or "every", with the noun'],
  [/\b(?:is|are|was|were|be|been) (?:said|told)\b/i, 'active voice: reports, sees, learns'],
  [/\bto be had\b/i, 'say "available"'],
  [/\bfor want of\b/i, 'say "without" or "because"'],
  [/\bthat there (?:is|are)\b/i, 'say "known", "existing", or name it'],
  [/\blets? go of\b/i, 'say "release"'],
  [/\bamid\b/i, 'say "during"'],
  [/\bsuch as it is\b|\bas it is\b/i, 'say "unchanged" or leave it out'],
  [/\bnobody knows\b/i, 'say "unknown"'],
  [/[,:;] who (?:is|are|was|has|had|does|did|[a-z]+s) [a-z]+/i, 'give the clause a subject'],
  [
    /(?:^|[.:;] )(?:who|what) (?:is|was|are|were|has|had|came|comes|failed|ended|passes) [^?]*$/i,
    'name the subject',
  ],
];

/** Phrases that stay, each with its reason. */
const exceptions: readonly (readonly [file: string, phrase: string, reason: string])[] = [
  ['sim/explore/explain/causal-past.ts', 'was told of the deletion of', 'the story has its own words'],
  ['sim/faults/member/leader-change.ts', 'Who is to lead', 'a repro schema, described with the fault'],
  ['sim/faults/member/slow-member.ts', 'an etcd as it is released', 'an ordinary use'],
  ['docs/faults.md', 'an etcd as it is released', 'made from the fault'],
];

interface Passage {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

const rooms = ['sim/', 'src/', 'scenarios/', 'reports/app/'];

/** Texts of several words; names, keys and imports have none. */
function stringsOf(source: (typeof sources)[number]): Passage[] {
  const file = parse(source);
  const found: Passage[] = [];
  const visit = (node: ts.Node): void => {
    const text = ts.isTemplateExpression(node)
      ? [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join('…')
      : ts.isStringLiteralLike(node)
        ? node.text
        : '';
    if (/\S\s+\S/.test(text)) {
      const { line } = file.getLineAndCharacterOfPosition(node.getStart(file));
      found.push({ file: source.path, line: line + 1, text: text.replace(/\s+/g, ' ') });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** Paragraphs without their code. */
function paragraphsOf(file: string): Passage[] {
  const blank = (code: string) => code.replace(/[^\n]+/g, '');
  const text = readFileSync(path.join(root, file), 'utf8')
    .replace(/^```[\s\S]*?^```$/gm, blank)
    .replace(/^ {4}.*$/gm, blank)
    .replace(/<!--[\s\S]*?-->/g, blank)
    .replace(/`[^`]*`/g, '`…`');
  let line = 1;
  return text.split(/\n(?=\n|[-|#])/).map((paragraph) => {
    const passage = { file, line, text: paragraph.replace(/\s+/g, ' ').trim() };
    line += paragraph.split('\n').length;
    return passage;
  });
}

const pages = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...readdirSync(path.join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

function complaints(passages: readonly Passage[]): string[] {
  return passages.flatMap(({ file, line, text }) =>
    banned.flatMap(([pattern, hint]) => {
      const [phrase] = pattern.exec(text) ?? [];
      if (phrase === undefined) return [];
      if (exceptions.some(([where, what]) => where === file && text.includes(what))) return [];
      return [`${file}:${line} "${phrase}" (${hint}): ${text.slice(0, 200)}`];
    }),
  );
}

it('in messages, descriptions and the report', () => {
  const ours = sources.filter(({ path: file }) => rooms.some((room) => file.startsWith(room)));
  expect(complaints(ours.flatMap(stringsOf))).toEqual([]);
});

it('on the pages', () => {
  expect(complaints(pages.flatMap(paragraphsOf))).toEqual([]);
});
