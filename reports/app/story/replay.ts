/** The replay command with a button that copies it, or selects it if the clipboard is unavailable. */
import { element } from '../page/dom.js';

const SAID_FOR_MS = 2500;

export function replayBox(command: string): HTMLElement {
  const code = element(
    'code',
    { class: 'replay-command', tabindex: '0', 'aria-label': 'Replay command' },
    command,
  );
  const button = element('button', { type: 'button', class: 'copy' }, 'Copy');
  const said = element('span', { role: 'status', class: 'visually-hidden' });
  let timer: ReturnType<typeof setTimeout> | undefined;
  button.addEventListener('click', () => {
    void copy(command, code).then((copied) => {
      const label = copied ? 'Copied' : 'Selected, press Ctrl+C';
      button.textContent = label;
      said.textContent = label;
      clearTimeout(timer);
      timer = setTimeout(() => {
        button.textContent = 'Copy';
        said.textContent = '';
      }, SAID_FOR_MS);
    });
  });
  return element('div', { class: 'replay' }, code, button, said);
}

async function copy(text: string, shown: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // No permission, or not a secure context: the selected text can still be copied by hand.
    const selection = getSelection();
    selection?.selectAllChildren(shown);
    return false;
  }
}
