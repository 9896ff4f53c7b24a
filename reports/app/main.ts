/** Builds the page from the run that lies in it as JSON. */
import type { RunData } from './data.js';
import { element, section } from './dom.js';
import { checks, counters, faults, header, parameters, problems, skips, summary } from './sections.js';
import { Timeline } from './timeline.js';
import { why } from './why.js';

const data = JSON.parse(document.getElementById('run')?.textContent ?? '') as RunData;
const timeline = new Timeline(data);
const isEmpty = timeline.scene.bars.length === 0 && timeline.scene.bands.length === 0;
const explained = why(data, !isEmpty, {
  show: (id) => timeline.focusOperation(id),
  point: (id) => timeline.pointAt(id),
  showTime: (startUs, endUs) => timeline.focusTime(startUs, endUs),
});
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

// Print has colours of its own, and no style or size of a page being printed can be read before it is printed.
const PRINTED_PLOT_WIDTH = 650;
addEventListener('beforeprint', () => {
  document.documentElement.classList.add('printing');
  timeline.repaint(PRINTED_PLOT_WIDTH);
});
addEventListener('afterprint', () => {
  document.documentElement.classList.remove('printing');
  timeline.repaint();
});
