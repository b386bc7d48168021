// The last questions, where the page asks for that: kept in this browser, sent nowhere.

const NAME = "ask-widget-recent";

/** The newest first. No storage, as in some frames and private windows, is as good as none kept. */
export function recentQuestions(most: number): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(NAME) ?? "[]");
    return most && Array.isArray(kept) ? kept.map(String).slice(0, most) : [];
  } catch {
    return [];
  }
}

export function remember(question: string, most: number): void {
  const others = recentQuestions(most).filter((each) => each !== question);
  if (most) write([question, ...others].slice(0, most));
}

export const forget = (): void => write([]);

function write(questions: string[]): void {
  try {
    localStorage.setItem(NAME, JSON.stringify(questions));
  } catch {
    // No storage here.
  }
}
