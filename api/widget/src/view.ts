// Replies as nodes. Pure functions: equal replies give equal nodes.

import { citedSource } from "./citing";
import { h, langOf, type Child } from "./dom";
import { marked } from "./marking";
import type { Strings } from "./strings";
import type { Citation, Described, Disagreement, Passage, Reply } from "./types";

export interface Manner {
  strings: Strings;
  language: string;
  service: string;
}

/** The answer with its footnotes, or that there is none; where sources disagree, who says what. */
export function answerView(reply: Reply, manner: Manner): Child[] {
  const { strings } = manner;
  const { answer, citations } = reply;
  const readAs = reply.read_as && h("p", { class: "muted", dir: "auto" }, `${strings.readAs} ${reply.read_as}`);
  if (!answer) return [readAs, reply.status && h("p", { class: "none" }, strings.none)];
  return [
    readAs,
    h("section", { part: "answer", "aria-label": strings.answer }, spoken(reply, manner)),
    ...(reply.disagreements ?? []).map((each) => disagreementView(each, reply, manner)),
    citations.length > 0 && h("ol", {}, ...citations.map((each) => citationView(each, manner))),
  ];
}

/** Each quotation with the words that answer in bold, and its footnotes at its end. */
function spoken({ answer, citations }: Reply, manner: Manner): HTMLElement {
  const points = [...answer!.text];
  const words = (from?: number, to?: number) => points.slice(from, to).join("");
  const spans = answer!.spans ?? [];
  const pieces = spans.flatMap(({ start, end, citations: numbers }, place) => {
    const [rest, ...next] = words(end, spans[place + 1]?.start).split(/(?=\n\n)/);
    return [h("b", {}, words(start, end)), rest, ...references(numbers, citations, manner), ...next];
  });
  const language = langOf(citations[0]?.language);
  return h("p", { dir: "auto", lang: language }, words(0, spans[0]?.start), ...pieces);
}

function references(numbers: number[], citations: Citation[], manner: Manner): Child[] {
  return citations
    .filter(({ number }) => (numbers ?? []).includes(number))
    .map((citation) => {
      const label = `${citation.number}: ${citation.title}`;
      return h("sup", {}, outward(citation, manner, { "aria-label": label }, String(citation.number)));
    });
}

function citationView(citation: Citation, manner: Manner): HTMLElement {
  const title = h("bdi", { lang: langOf(citation.language) }, citation.title);
  const facts = h("span", { class: "muted" }, ...factsOf(citation, manner));
  return h("li", { part: "citation", value: citation.number }, outward(citation, manner, {}, title), " ", facts);
}

/** A link to the words, in a tab of its own that cannot reach back; words alone where it is unsafe. */
function outward(
  citation: Citation,
  manner: Manner,
  attributes: Record<string, string>,
  child: Child,
): HTMLElement {
  const href = citedSource(citation, manner.service).address;
  const safe = { href, target: "_blank", rel: "noopener noreferrer" };
  return href ? h("a", { ...attributes, ...safe }, child) : h("span", {}, child);
}

function disagreementView(found: Disagreement, reply: Reply, manner: Manner): HTMLElement {
  const { strings } = manner;
  return h(
    "div",
    { class: "disagreement" },
    h("p", {}, h("strong", {}, strings.disagree), found.about && ` ${found.about}`),
    h(
      "ul",
      {},
      ...found.values.map((value) =>
        h(
          "li",
          {},
          h("bdi", {}, value.text),
          ...references(value.citations, reply.citations, manner),
          value.latest && h("span", { class: "muted" }, ` (${strings.latest})`),
        ),
      ),
    ),
  );
}

/** A passage as an option. No link stands in it: whoever listens hears options, not their insides. */
export function passageView(passage: Passage, manner: Manner): HTMLElement {
  const copies = passage.story?.also_in?.length ?? 0;
  const more = copies > 0 && manner.strings.also.replace("{n}", String(copies));
  return h(
    "li",
    { role: "option", part: "passage" },
    h(
      "div",
      { class: "title", dir: "auto" },
      passage.title,
      passage.heading && h("span", { class: "muted" }, ` › ${passage.heading}`),
    ),
    h(
      "div",
      { class: "words", dir: "auto", lang: langOf(passage.language) },
      ...marked(passage.text, passage.highlights),
    ),
    h("div", { class: "muted" }, ...factsOf(passage, manner), more && ` · ${more}`),
  );
}

function factsOf(described: Described, { strings, language }: Manner): Child[] {
  const known = [described.publisher, described.author].filter((fact): fact is string => !!fact);
  const facts = [...known, dated(described.published, language) || strings.undated];
  return facts.flatMap((fact, index) => [index > 0 && " · ", h("bdi", {}, fact)]);
}

function dated(published: string | null | undefined, language: string): string {
  if (!published) return "";
  try {
    const style = { dateStyle: "medium", timeZone: "UTC" } as const;
    return new Intl.DateTimeFormat(language, style).format(new Date(published));
  } catch {
    return published;
  }
}
