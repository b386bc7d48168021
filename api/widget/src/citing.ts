// A citation as text to paste somewhere else.

import { safeLink } from "./dom";
import type { Citation, Passage, Reply } from "./types";

export const FORMATS = { text: "Text", markdown: "Markdown", bibtex: "BibTeX", csl: "CSL-JSON" };
export type Format = keyof typeof FORMATS;

/** What is copied, and where a click leads. */
export interface Source extends Omit<Citation, "number" | "link"> {
  address: string;
}

/** Where the words of a passage stand: the publisher's page, else the service's, at the words. */
export function sourceOf(passage: Passage, reply: Reply, service: string): Source {
  const cited = reply.citations.find((each) => each.number === passage.citation);
  return cited ? citedSource(cited, service) : passageSource(passage, reply, service);
}

export const citedFirst = ({ citations: [first] }: Reply, service: string): Source | undefined =>
  first && citedSource(first, service);

export function citedSource(citation: Citation, service: string): Source {
  const fragment = /#:~:text=.*$/.exec(citation.link)?.[0] ?? "";
  const page = safeLink(citation.url);
  // A link that does not begin at the root could turn the service's name into somebody's password.
  const local = /^\//.test(citation.link) ? safeLink(service + citation.link) : "";
  return { ...citation, address: page ? page.replace(/#.*$/, "") + fragment : local };
}

function passageSource(passage: Passage, reply: Reply, service: string): Source {
  const { document_id: id, start, end } = passage;
  const known = reply.citations.find((each) => each.document_id === id);
  const own = `${service}/documents/${encodeURIComponent(id)}?start=${start}&end=${end}`;
  const address = safeLink(known?.url) || safeLink(own);
  return { ...passage, quote: passage.text, address };
}

/** The citation in a format; the reader's own words around it are theirs. */
export function cite(source: Source, format: Format): string {
  return WRITERS[format](source);
}

const origin = ({ author, publisher, published }: Source): string =>
  [author, publisher, published].filter(Boolean).join(", ");

const plain = (words: unknown): string => String(words).replace(/\s+/g, " ");

const inMarkdown = (words: unknown): string => plain(words).replace(/[\\`*_[\]<>]/g, "\\$&");

const inBibtex = (words: unknown): string =>
  plain(words).replace(/[\\{}]/g, "").replace(/[&%$#_]/g, "\\$&");

const WRITERS: Record<Format, (source: Source) => string> = {
  text: (source) =>
    `“${plain(source.quote)}”\n${[source.title, origin(source)].filter(Boolean).map(plain).join(". ")}\n${source.address}`,
  markdown: (source) =>
    `> ${inMarkdown(source.quote)}\n>\n> — [${inMarkdown(source.title)}](<${source.address}>)${origin(source) && ", " + inMarkdown(origin(source))}`,
  bibtex: (source) => {
    const { author, title, publisher, published, address, quote } = source;
    const fields = { author, title, publisher, year: published?.slice(0, 4), url: address, note: quote };
    const lines = Object.entries(fields)
      .filter(([, words]) => words)
      .map(([name, words]) => `  ${name} = {${name === "url" ? words : inBibtex(words)}}`);
    return `@misc{${source.document_id.replace(/[^\w-]/g, "")},\n${lines.join(",\n")}\n}`;
  },
  csl: ({ document_id: id, title, author, publisher, published, language, address, quote }) =>
    JSON.stringify(
      [
        {
          id,
          type: "webpage",
          title,
          author: author ? [{ literal: author }] : undefined,
          "container-title": publisher ?? undefined,
          issued: published ? { "date-parts": [published.split("-").map(Number)] } : undefined,
          language: language ?? undefined,
          URL: address,
          note: quote,
        },
      ],
      null,
      1,
    ),
};
