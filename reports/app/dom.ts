/**
 * Creates elements. Invariant: everything from a run is inserted as text. Nothing here parses markup, and no
 * inline style is set, so the page's Content-Security-Policy needs no exceptions.
 */

type Attributes = Readonly<Record<string, string | boolean | undefined>>;
type Child = Node | string;

/** An element with attributes and children; `true` is an empty attribute, `false` and undefined are none. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    made.setAttribute(name, value === true ? '' : value);
  }
  made.append(...children);
  return made;
}

/** A section with a heading that a reader can jump to. */
export function section(title: string, ...children: readonly Child[]): HTMLElement {
  const id = `section-${title.toLowerCase().replaceAll(' ', '-')}`;
  return element(
    'section',
    { 'aria-labelledby': id, class: `section section-${title.toLowerCase().replaceAll(' ', '-')}` },
    element('h2', { id }, title),
    ...children,
  );
}

/** A list of terms and values. */
export function terms(
  rows: readonly { readonly label: string; readonly value: Child; readonly number?: boolean }[],
): HTMLElement {
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
