/** The head of every page: a title, a verdict, one plain sentence. */
import type { Verdict } from '../../../sim/run/run-result.js';
import { element, type Child } from './dom.js';

export interface Masthead {
  readonly title: string;
  /** Such as `seed 7`, set quietly beside the title. */
  readonly detail: string;
  readonly verdict: Verdict;
  readonly sentence: string;
}

/** @param more what stands below the sentence */
export function masthead(
  { title, detail, verdict, sentence }: Masthead,
  ...more: readonly Child[]
): HTMLElement {
  return element(
    'header',
    { class: 'masthead' },
    element(
      'div',
      { class: 'title' },
      element('h1', {}, title, ' ', element('span', { class: 'seed' }, detail)),
      element('p', { class: `verdict verdict-${verdict}` }, verdict),
    ),
    element('p', { class: `sentence sentence-${verdict}` }, sentence),
    ...more,
  );
}

/** A line of small facts. */
export function factLine(facts: readonly string[], ...more: readonly Child[]): HTMLElement {
  return element('p', { class: 'facts' }, facts.join(' · '), ...more);
}
