// The reply of the public contract, section 2, as far as the widget shows it. It comes over the
// network: a field may be missing or be something else. Only `append` puts one on a page, and that
// makes text of whatever is no node.

export interface Described {
  document_id: string;
  title: string;
  heading?: string;
  publisher?: string | null;
  author?: string | null;
  published?: string | null;
  language?: string | null;
  start: number;
  end: number;
}

export interface Citation extends Described {
  number: number;
  quote: string;
  url?: string | null;
  link: string;
}

export interface Highlight {
  start: number;
  end: number;
  kind: string;
}

export interface Passage extends Described {
  text: string;
  citation?: number | null;
  highlights?: Highlight[];
  story?: { copies: number; also_in: string[] } | null;
}

export interface Disagreement {
  about: string;
  values: { text: string; citations: number[]; latest?: boolean }[];
}

export interface Reply {
  question: string;
  read_as?: string | null;
  status: "answered" | "abstained" | "conflicting";
  answer?: { text: string; spans: { start: number; end: number; citations: number[] }[] } | null;
  citations: Citation[];
  passages: Passage[];
  disagreements?: Disagreement[];
}
