// The only way to the page. Children are nodes or words, and words become text nodes.

export type Child = Node | string | null | undefined | false;

/** Make an element. An attribute that is null, undefined or false is left out. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Record<string, string | number | null | undefined | false>,
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value != null && value !== false) element.setAttribute(name, String(value));
  }
  element.append(...children.filter((child): child is Node | string => !!child));
  return element;
}

/** A button with words on it. */
export function button(
  words: Child,
  onClick: () => unknown,
  attributes: Record<string, string> = {},
): HTMLButtonElement {
  const made = h("button", { type: "button", ...attributes }, words);
  made.addEventListener("click", onClick);
  return made;
}

/** The address, if following it runs no script: http and https only, else "". */
export function safeLink(address: string | null | undefined): string {
  try {
    const url = new URL(address!);
    return /^https?:$/.test(url.protocol) ? url.href : "";
  } catch {
    return "";
  }
}

/** A `lang` attribute, where the language is one. */
export const langOf = (language: unknown): string | false =>
  /^[a-z]{2,3}(-[a-z0-9]{2,8})*$/i.test(String(language)) && String(language);
