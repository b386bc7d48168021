import { cite, FORMATS, type Format, type Source } from "./citing";
import { button, h } from "./dom";
import type { Settings } from "./settings";

export interface Use {
  /** What is copied. */
  source(): Source;
  say(words: string): void;
  judge(helpful: boolean): void;
}

/** Copying a citation in a format, and telling whether the answer helped. */
export function toolsView({ strings, format }: Settings, use: Use): HTMLElement[] {
  const formats = Object.entries(FORMATS).map(([value, name]) =>
    h("option", { value, selected: value === format && "" }, name),
  );
  const choice = h("select", { "aria-label": strings.format }, ...formats);
  const told = (words: string): void => {
    copy.textContent = words;
    use.say(words);
    setTimeout(() => (copy.textContent = strings.copy), 2000);
  };
  const copy = button(strings.copy, async () => {
    try {
      // Only pages served securely are given a clipboard.
      await navigator.clipboard.writeText(cite(use.source(), choice.value as Format));
      told(strings.copied);
    } catch {
      told(strings.failed);
    }
  });
  const judge = (helpful: boolean) => (): void => {
    group.replaceChildren(strings.thanks);
    use.say(strings.thanks);
    use.judge(helpful);
  };
  const group = h(
    "div",
    { role: "group", "aria-label": strings.helpful },
    strings.helpful,
    button(strings.yes, judge(true)),
    button(strings.no, judge(false)),
  );
  return [h("div", {}, copy, choice), group];
}
