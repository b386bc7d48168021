import { FORMATS, type Format } from "./citing";
import { button, h } from "./dom";
import { Panel } from "./panel";
import type { Settings, Surroundings } from "./settings";
import { isRightToLeft, stringsOf } from "./strings";
import css from "./style.css";

const sheet = new CSSStyleSheet();
sheet.replaceSync(css);

/** Where the script came from is where the service is, unless `src` says otherwise. */
export const HOME = ((document.currentScript as HTMLScriptElement | null)?.src ?? "").replace(/\/widget\/.*$/, "");

/** An ask box. Attributes, methods, events, properties and parts: see docs/widget.md. */
export class AskWidget extends HTMLElement {
  static observedAttributes = ["hotkey", "lang", "mode", "placeholder", "strings", "theme"];

  #root = this.attachShadow({ mode: "open" });
  #panel: Panel | undefined;
  #dialog: HTMLDialogElement | undefined;
  #onKey = (event: KeyboardEvent): void => this.#hotkey(event);

  connectedCallback(): void {
    this.#root.adoptedStyleSheets = [sheet];
    this.#build();
    document.addEventListener("keydown", this.#onKey);
  }

  disconnectedCallback(): void {
    this.#panel?.stop();
    document.removeEventListener("keydown", this.#onKey);
  }

  attributeChangedCallback(): void {
    if (this.isConnected && this.#root.firstChild) this.#build();
  }

  /** Show the box, and ask where a question is given. */
  open(question?: string): void {
    const panel = (this.#panel ??= this.#modal());
    if (this.#dialog && !this.#dialog.open) {
      this.#dialog.showModal();
      this.#emit("ask-open", {});
    }
    panel.input.focus();
    if (question) panel.ask(question);
    else panel.input.select();
  }

  /** Put a modal box away; an inline one stays. */
  close(): void {
    this.#dialog?.close();
  }

  #build(): void {
    this.#panel?.stop();
    this.#panel = this.#dialog = undefined;
    const { language } = this.#settings();
    const root = h("div", {
      class: "root",
      lang: language,
      dir: isRightToLeft(language) ? "rtl" : "ltr",
    });
    root.style.colorScheme = (this.getAttribute("theme") ?? "").replace("auto", "");
    this.#root.replaceChildren(root);
    root.append(this.getAttribute("mode") === "inline" ? this.#inline() : this.#trigger());
  }

  #inline(): HTMLElement {
    this.#panel = new Panel(this.#surroundings(() => false));
    return h("div", { class: "inline", part: "dialog", role: "search" }, this.#panel.element);
  }

  #trigger(): HTMLElement {
    const { strings } = this.#settings();
    const letter = this.#letter();
    const trigger = button(strings.ask, () => this.open(), {
      part: "trigger",
      "aria-haspopup": "dialog",
      "aria-keyshortcuts": letter && `Control+${letter} Meta+${letter} /`,
    });
    if (letter) trigger.append(h("kbd", { "aria-hidden": "true" }, "/"));
    return trigger;
  }

  /** The dialog is made when it is first wanted: loading the page costs a button. */
  #modal(): Panel {
    const { strings, placeholder } = this.#settings();
    const leave = (): boolean => (this.close(), true);
    const close = button("✕", leave, { class: "close", "aria-label": strings.close });
    const panel = new Panel(this.#surroundings(leave), close);
    const dialog = h("dialog", { part: "dialog", "aria-label": placeholder }, panel.element);
    dialog.addEventListener("click", (event) => event.target === dialog && leave());
    dialog.addEventListener("close", () => {
      panel.stop();
      this.#emit("ask-close", {});
    });
    this.#root.firstElementChild!.append((this.#dialog = dialog));
    return panel;
  }

  #surroundings(leave: () => boolean): Surroundings {
    return {
      settings: () => this.#settings(),
      emit: (name, detail) => this.#emit(name, detail),
      leave,
    };
  }

  #emit(name: string, detail: object): boolean {
    return this.dispatchEvent(
      new CustomEvent(name, { detail, bubbles: true, composed: true, cancelable: true }),
    );
  }

  #letter(): string {
    return (this.getAttribute("hotkey") ?? "k").toUpperCase();
  }

  #hotkey(event: KeyboardEvent): void {
    const letter = this.#letter();
    if (event.defaultPrevented || event.isComposing || !letter || event.altKey) return;
    const called = (event.ctrlKey || event.metaKey) && event.key.toUpperCase() === letter;
    if (!called && (event.key !== "/" || event.ctrlKey || event.metaKey || isWriting(event))) return;
    event.preventDefault();
    this.open();
  }

  #settings(): Settings {
    const say = (name: string): string => this.getAttribute(name) ?? "";
    const number = (name: string, otherwise = 0): number => +(say(name) || otherwise) || 0;
    const language = say("lang") || this.closest<HTMLElement>("[lang]")?.lang || "en";
    const strings = stringsOf(language, parsed(say("strings")));
    return {
      service: (say("src") || HOME).replace(/\/+$/, ""),
      key: say("key"),
      collection: say("collection"),
      top: number("top"),
      placeholder: say("placeholder") || strings.placeholder,
      language,
      strings,
      debounce: number("debounce", 250),
      timeout: number("timeout", 10_000),
      recent: number("recent"),
      format: (say("citation-style") in FORMATS ? say("citation-style") : "text") as Format,
    };
  }
}

/** Whether a key goes into words that somebody writes, in this element or in one inside another. */
function isWriting(event: Event): boolean {
  const target = event.composedPath()[0] as HTMLElement;
  return target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName);
}

function parsed(json: string): unknown {
  try {
    return json ? JSON.parse(json) : {};
  } catch {
    return {};
  }
}
