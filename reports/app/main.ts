/** Builds the page from its embedded run in JSON. */
import type { DecisiveWords } from '../../sim/report/decisive-words.js';
import type { RunResult } from '../../sim/run/run-result.js';
import { element, section } from './dom.js';
import { checks, counters, faults, header, parameters, problems, skips, summary } from './sections.js';
import { Timeline } from './timeline.js';
import { why, type Why } from './why.js';

const data = JSON.parse(textOf('run') ?? '') as RunResult;
const timeline = new Timeline(data);
const isEmpty = timeline.scene.bars.length === 0 && timeline.scene.bands.length === 0;
const explained = explain();
const { chart } = explained ?? {};
if (chart !== undefined) timeline.follow((view, width, palette) => chart.draw(view, width, palette));

document.body.append(
  element(
    'main',
    {},
    header(data),
    ...problems(data),
    ...skips(data),
    checks(data, (id) => timeline.focusOperation(id)),
    ...(explained === undefined ? [] : [explained.root]),
    section(
      'Operations',
      isEmpty ? element('p', { class: 'quiet' }, 'No node began an operation.') : timeline.root,
    ),
    element('div', { class: 'facts-grid' }, ...summary(data), ...counters(data), parameters(data)),
    faults(data),
  ),
);

// Print has its own colours, and no style or size of a page can be read before it is printed.
const PRINTED_PLOT_WIDTH = 650;
addEventListener('beforeprint', () => {
  document.documentElement.classList.add('printing');
  timeline.repaint(PRINTED_PLOT_WIDTH);
});
addEventListener('afterprint', () => {
  document.documentElement.classList.remove('printing');
  timeline.repaint();
});

function textOf(id: string): string | undefined {
  return document.getElementById(id)?.textContent ?? undefined;
}

/** Undefined if nothing explains the run. */
function explain(): Why | undefined {
  const { explanation } = data;
  const words = textOf('decisive-words');
  if (explanation === undefined || words === undefined) return undefined;
  return why(
    {
      explanation,
      words: JSON.parse(words) as DecisiveWords,
      known: new Set(data.operations.map(({ id }) => id)),
      hasTimeline: !isEmpty,
    },
    {
      show: (id) => timeline.focusOperation(id),
      point: (id) => timeline.pointAt(id),
      showTime: (startUs, endUs) => timeline.focusTime(startUs, endUs),
    },
  );
}
