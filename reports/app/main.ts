/** Builds the page from its embedded data. */
import { loadData } from './data/load.js';
import { element } from './page/dom.js';
import { RunPageView } from './run/run-page.js';
import { sweepPage } from './sweep/sweep-page.js';
import { trendPage } from './trend/trend-page.js';

/** Print has its own colours, and no style or size of a page can be read before it is printed. */
const PRINTED_PLOT_WIDTH = 650;

async function start(): Promise<void> {
  const data = await loadData();
  if (data.kind !== 'run') {
    const page = data.kind === 'sweep' ? sweepPage(data) : trendPage(data);
    page.dataset['built'] = '';
    document.body.append(page);
    return;
  }
  const view = new RunPageView(data);
  addEventListener('beforeprint', () => {
    document.documentElement.classList.add('printing');
    view.repaint(PRINTED_PLOT_WIDTH);
  });
  addEventListener('afterprint', () => {
    document.documentElement.classList.remove('printing');
    view.repaint();
  });
}

start().catch((error: unknown) => {
  const reason = error instanceof Error ? error.message : String(error);
  document.body.append(element('main', {}, element('p', {}, `This report cannot be shown: ${reason}`)));
});
