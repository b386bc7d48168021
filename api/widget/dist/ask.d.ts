// Types for pages that use <ask-widget> from TypeScript. The element is defined by the script.

export interface AskWidgetEventMap {
  "ask-open": CustomEvent<Record<string, never>>;
  "ask-close": CustomEvent<Record<string, never>>;
  "ask-question": CustomEvent<{ question: string }>;
  "ask-reply": CustomEvent<{ question: string; reply: AskReply }>;
  /** Prevent it to lead the reader somewhere else than to `url`. */
  "ask-select": CustomEvent<{ url: string; source: { title: string; quote: string } }>;
  "ask-error": CustomEvent<{
    question: string;
    fault: "failed" | "offline" | "timeout" | "refused" | "limited";
    status: number;
    detail: string;
  }>;
  "ask-feedback": CustomEvent<{ question: string; reply: AskReply; helpful: boolean }>;
}

/** The reply of the service; docs/openapi.json describes all of it. */
export interface AskReply {
  question: string;
  status: "answered" | "abstained" | "conflicting";
  answer: { text: string } | null;
  citations: { number: number; title: string; quote: string; url: string | null; link: string }[];
  passages: { document_id: string; title: string; text: string; start: number; end: number }[];
}

export interface AskWidget extends HTMLElement {
  /** Show the box, and ask where a question is given. */
  open(question?: string): void;
  /** Put a modal box away. */
  close(): void;
  addEventListener<Name extends keyof AskWidgetEventMap>(
    name: Name,
    listener: (event: AskWidgetEventMap[Name]) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    name: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

/** Attributes of <ask-widget>; each is optional. */
export interface AskWidgetAttributes {
  src?: string;
  key?: string;
  collection?: string;
  top?: number | string;
  placeholder?: string;
  hotkey?: string;
  mode?: "modal" | "inline";
  theme?: "auto" | "light" | "dark";
  lang?: string;
  strings?: string;
  debounce?: number | string;
  timeout?: number | string;
  recent?: number | string;
  "citation-style"?: "text" | "markdown" | "bibtex" | "csl";
}

declare global {
  interface HTMLElementTagNameMap {
    "ask-widget": AskWidget;
  }
}
