/**
 * Creates elements. Invariant: everything from a run is inserted as text, with its hidden characters made visible.
 * Nothing here parses markup, and no style attribute is written, so the page's Content-Security-Policy needs no
 * exceptions.
 */
import { visible } from './visible.js';

type Attributes = Readonly<Record<string, string | boolean | undefined>>;
export type Child = Node | string;

/** An element with attributes and children; `true` is an empty attribute, `false` and undefined are none. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    made.setAttribute(name, value === true ? '' : visible(value));
  }
  made.append(...children.map((child) => (typeof child === 'string' ? visible(child) : child)));
  return made;
}

/** Numbers the elements that are referred to: a page can show two runs. */
let lastId = 0;

/** An id that no other element has. */
export function freshId(name: string): string {
  return `${name}-${++lastId}`;
}

/** A section with a heading that a reader can jump to. */
export function section(title: string, ...children: readonly Child[]): HTMLElement {
  const name = title.toLowerCase().replaceAll(/[^a-z]+/g, '-');
  const id = freshId(name);
  return element(
    'section',
    { 'aria-labelledby': id, class: `section section-${name}` },
    element('h2', { id }, title),
    ...children,
  );
}

/** A row of {@link terms}. */
export interface Term {
  readonly label: string;
  readonly value: Child;
  /** Whether it is set flush right. */
  readonly number?: boolean;
}

/** A list of terms and values. */
export function terms(rows: readonly Term[]): HTMLElement {
  return element(
    'dl',
    { class: 'terms' },
    ...rows.map(({ label, value, number }) =>
      element(
        'div',
        {},
        element('dt', {}, label),
        element('dd', { class: number === true ? 'number' : undefined }, value),
      ),
    ),
  );
}

export interface ColumnHead {
  readonly title: string;
  /** Whether its cells are set flush right. */
  readonly number?: boolean;
}

/** A table; a row may have a class. */
export function table(
  heads: readonly ColumnHead[],
  rows: readonly { readonly cells: readonly Child[]; readonly class?: string | undefined }[],
): HTMLElement {
  const classOf = (index: number) => (heads[index]?.number === true ? 'number' : undefined);
  return element(
    'div',
    { class: 'table' },
    element(
      'table',
      {},
      element(
        'thead',
        {},
        element(
          'tr',
          {},
          ...heads.map(({ title }, index) => element('th', { scope: 'col', class: classOf(index) }, title)),
        ),
      ),
      element(
        'tbody',
        {},
        ...rows.map(({ cells, class: name }) =>
          element(
            'tr',
            { class: name },
            ...cells.map((cell, index) => element('td', { class: classOf(index) }, cell)),
          ),
        ),
      ),
    ),
  );
}

/** A button with a text; its title is the text unless one is given. */
export function button(label: string, act: () => void, attributes: Attributes = {}): HTMLButtonElement {
  const { class: name, ...others } = attributes;
  const classes = typeof name === 'string' ? `button ${name}` : 'button';
  const made = element('button', { type: 'button', class: classes, ...others }, label);
  made.addEventListener('click', act);
  return made;
}

/** A button that is on or off. */
export function toggle(
  label: string,
  pressed: boolean,
  change: (pressed: boolean) => void,
  attributes: Attributes = {},
): HTMLButtonElement {
  const made = button(
    label,
    () => {
      const now = made.getAttribute('aria-pressed') !== 'true';
      made.setAttribute('aria-pressed', String(now));
      change(now);
    },
    { 'aria-pressed': String(pressed), ...attributes },
  );
  return made;
}

/** Sets a text that may be foreign. */
export function setText(node: Element, text: string): void {
  node.textContent = visible(text);
}
