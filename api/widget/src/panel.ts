import { Asker, type Trouble } from "./asking";
import { citedFirst, sourceOf, type Source } from "./citing";
import { button, h, type Child } from "./dom";
import { forget, recentQuestions, remember } from "./recent";
import type { Settings, Surroundings } from "./settings";
import { toolsView } from "./tools";
import type { Reply } from "./types";
import { answerView, passageView } from "./view";

interface Option {
  element: HTMLElement;
  source?: Source;
  choose(): void;
}

const PAGE = 5; // options
const SHORTEST = 3; // characters that are asked for while somebody types; Enter asks for any

/** The box, what it finds, and the keys. A combobox as the ARIA practices describe it. */
export class Panel {
  readonly input: HTMLInputElement;
  readonly element: HTMLElement;
  #around: Surroundings;
  #asker = new Asker();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #question = "";
  #reply: Reply | undefined;
  #options: Option[] = [];
  #active = -1;
  #status = h("p", { class: "unseen", role: "status" });
  #top = h("div", {});
  #heading = h("h2", { id: "found" });
  #list = h("ul", { id: "list", role: "listbox", "aria-labelledby": "found" });
  // What scrolls can be scrolled by keys, so it takes the focus and has a name.
  #body = h(
    "div",
    { part: "body", tabindex: 0, role: "region", "aria-labelledby": "found" },
    this.#top,
    this.#heading,
    this.#list,
  );
  #foot = h("div", { class: "foot" });

  constructor(around: Surroundings, ...beside: HTMLElement[]) {
    this.#around = around;
    const { placeholder } = around.settings();
    this.input = h("input", {
      part: "input",
      role: "combobox",
      type: "text",
      dir: "auto",
      maxlength: 1000,
      placeholder,
      enterkeyhint: "search",
      autocomplete: "off",
      autocapitalize: "off",
      spellcheck: "false",
      "aria-label": placeholder,
      "aria-autocomplete": "list",
      "aria-controls": "list",
    });
    const bar = h("div", { class: "bar" }, this.input, ...beside);
    this.element = h("div", { class: "panel" }, bar, this.#body, this.#foot, this.#status);
    this.element.addEventListener("keydown", (event) => this.#onKey(event));
    this.input.addEventListener("input", (event) => this.#onInput(event as InputEvent));
    this.input.addEventListener("compositionend", () => this.#soon());
    this.#empty();
  }

  /** Ask at once. */
  ask(question: string): void {
    this.input.value = question;
    void this.#ask();
  }

  /** Stop what runs; nothing is painted any more. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#asker.abort();
  }

  #onInput(event: InputEvent): void {
    // An input method sends letters that are not yet meant.
    if (!event.isComposing) this.#soon();
  }

  #soon(): void {
    this.stop();
    const question = this.input.value.trim();
    if (!question) this.#empty();
    if (question.length < SHORTEST || question === this.#question) return;
    this.#timer = setTimeout(() => void this.#ask(), this.#around.settings().debounce);
  }

  async #ask(): Promise<void> {
    const question = this.input.value.trim();
    this.stop();
    if (!question) return;
    const settings = this.#around.settings();
    this.#question = question;
    this.#around.emit("ask-question", { question });
    this.#waiting(settings);
    try {
      const part = (reply: Reply): void => this.#paint(reply, settings);
      const reply = await this.#asker.ask(address(question, settings), settings.timeout, part);
      if (!reply) return;
      this.#paint(reply, settings);
      this.#done(reply, settings);
    } catch (error) {
      this.#fail(error as Trouble, settings);
    }
  }

  #waiting({ strings }: Settings): void {
    this.#body.ariaBusy = "true";
    // What was found before stays until there is something better to see.
    if (!this.#reply) this.#show([h("p", { class: "muted" }, strings.searching)], strings.closest, []);
    this.#say(strings.searching);
  }

  #paint(reply: Reply, settings: Settings): void {
    const options = reply.passages.map((passage) => {
      const source = sourceOf(passage, reply, settings.service);
      const choose = (): void => this.#follow(source);
      return { element: passageView(passage, settings), source, choose };
    });
    this.#show(answerView(reply, settings), settings.strings.closest, options);
    this.#reply = reply;
  }

  #done(reply: Reply, settings: Settings): void {
    const { strings, recent } = settings;
    this.#body.ariaBusy = "false";
    if (reply.passages.length) this.#foot.replaceChildren(...this.#tools(reply, settings));
    remember(this.#question, recent);
    const outcome = reply.answer ? `${strings.answer}: ${reply.answer.text}` : strings.none;
    this.#say(`${outcome} ${strings.closest}: ${reply.passages.length}`);
    this.#around.emit("ask-reply", { question: this.#question, reply });
  }

  #tools(reply: Reply, settings: Settings): HTMLElement[] {
    const question = this.#question;
    return toolsView(settings, {
      // The answer's own words, until somebody chooses a passage.
      source: () =>
        (!this.#active && citedFirst(reply, settings.service)) || this.#options[this.#active]!.source!,
      say: (words) => this.#say(words),
      judge: (helpful) => {
        this.#around.emit("ask-feedback", { question, reply, helpful });
        this.input.focus();
      },
    });
  }

  #fail({ fault, detail, seconds, status }: Trouble, { strings }: Settings): void {
    this.#reply = undefined;
    this.#body.ariaBusy = "false";
    const told = (strings[fault] ?? strings.failed).replace("{n}", String(seconds));
    const again = (): void => {
      this.input.focus();
      void this.#ask();
    };
    const said = status > 0 && h("p", { class: "muted", dir: "auto" }, detail);
    const top = [h("p", { class: "none" }, told), said, button(strings.retry, again)];
    this.#show(top, strings.closest, []);
    this.#say(told);
    this.#around.emit("ask-error", { question: this.#question, fault, status, detail });
  }

  /** Nothing was asked: the last questions, where the page wants them. */
  #empty(): void {
    const { strings, recent } = this.#around.settings();
    this.#question = "";
    this.#reply = undefined;
    this.#body.ariaBusy = "false";
    const options = recentQuestions(recent).map((question) => ({
      element: h("li", { role: "option", part: "passage", dir: "auto" }, question),
      choose: () => this.ask(question),
    }));
    this.#show([], strings.recent, options);
    this.#say("");
    if (!options.length) return;
    const clear = (): void => {
      forget();
      this.#empty();
      this.input.focus();
    };
    this.#foot.replaceChildren(button(strings.clear, clear));
  }

  #show(top: Child[], heading: string, options: Option[]): void {
    this.#options = options;
    this.#top.replaceChildren(...top.filter((each): each is Node => !!each));
    this.#heading.textContent = heading;
    this.#list.replaceChildren(...options.map(({ element }) => element));
    this.#foot.replaceChildren();
    this.element.classList.toggle("found", !!(this.#top.firstChild || options.length));
    this.#heading.hidden = this.#list.hidden = !options.length;
    this.input.ariaExpanded = String(options.length > 0);
    options.forEach(({ element, choose }, index) => {
      element.id = `option-${index}`;
      // The box keeps the focus, whatever is pointed at.
      element.addEventListener("mousedown", (event) => event.preventDefault());
      element.addEventListener("click", () => {
        this.#select(index);
        choose();
      });
    });
    this.#body.scrollTop = 0;
    this.#select(0, false);
  }

  #select(index: number, scroll = true): void {
    this.#active = Math.max(0, Math.min(this.#options.length - 1, index));
    this.#options.forEach(({ element }, at) => {
      element.ariaSelected = String(at === this.#active);
    });
    const chosen = this.#options[this.#active]?.element;
    if (chosen) this.input.setAttribute("aria-activedescendant", chosen.id);
    else this.input.removeAttribute("aria-activedescendant");
    if (scroll) chosen?.scrollIntoView({ block: "nearest" });
  }

  #onKey(event: KeyboardEvent): void {
    if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey) return;
    const handled = event.key === "Escape" ? this.#escape() : event.target === this.input && this.#move(event);
    if (handled) event.preventDefault();
  }

  #move({ key, shiftKey }: KeyboardEvent): boolean {
    if (key === "Enter") return this.#enter();
    const places: Record<string, number> = {
      ArrowDown: this.#active + 1,
      ArrowUp: this.#active - 1,
      PageDown: this.#active + PAGE,
      PageUp: this.#active - PAGE,
      Home: 0,
      End: this.#options.length - 1,
    };
    const place = places[key];
    // With Shift, these keys mark words of the question.
    if (place === undefined || shiftKey || !this.#options.length) return false;
    this.#select(place);
    return true;
  }

  #enter(): boolean {
    const isNew = this.input.value.trim() !== this.#question;
    if (isNew || !this.#options.length) void this.#ask();
    else this.#options[this.#active]?.choose();
    return true;
  }

  #escape(): boolean {
    if (!this.input.value) return this.#around.leave();
    this.input.value = "";
    this.#soon();
    this.input.focus();
    return true;
  }

  #follow(source: Source): void {
    const { address: url } = source;
    if (!url || !this.#around.emit("ask-select", { source, url })) return;
    h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }).click();
  }

  /** A live region speaks when a node is put into it, an equal text among them. */
  #say(words: string): void {
    this.#status.replaceChildren(words);
  }
}

function address(question: string, { service, key, collection, top }: Settings): string {
  const given = Object.entries({ q: question, top_k: top && String(top), collection, key });
  const query = new URLSearchParams(given.filter((each): each is [string, string] => !!each[1]));
  return `${service}/v1/ask?${query}`;
}
