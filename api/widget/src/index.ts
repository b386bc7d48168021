// One classic script: it defines <ask-widget> and, where its tag says data-auto, adds one.

import { AskWidget } from "./element";

const script = document.currentScript as HTMLScriptElement | null;

// The tag may stand on a page twice, or in two versions: the first one counts.
if (!customElements.get("ask-widget")) customElements.define("ask-widget", AskWidget);

if (script && "auto" in script.dataset) {
  const widget = document.createElement("ask-widget");
  for (const { name, value } of script.attributes) {
    if (/^data-/.test(name)) widget.setAttribute(name.replace(/^data-(?!auto)/, ""), value);
  }
  const add = (): void => document.body.append(widget);
  if (document.body) add();
  else document.addEventListener("DOMContentLoaded", add);
}
