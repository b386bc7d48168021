import type { Reply } from "./types";

/** Why there is no reply. `detail` is the service's own words, for whoever runs the page. */
export interface Trouble {
  fault: "failed" | "offline" | "timeout" | "refused" | "limited";
  detail: string;
  seconds: number;
  status: number;
}

const KEPT = 50; // replies

/** Asks the service, one question at a time: the next one aborts the one before. */
export class Asker {
  #running: AbortController | undefined;
  #replies = new Map<string, Reply>();

  abort(): void {
    this.#running?.abort();
  }

  /**
   * Resolves with the reply, or with undefined where another question came in between; rejects
   * with a Trouble. `onPart` gets what has come so far, where the service sends it in parts.
   */
  async ask(url: string, timeout: number, onPart: (part: Reply) => void): Promise<Reply | undefined> {
    this.abort();
    const kept = this.#replies.get(url);
    if (kept) return this.#keep(url, kept);
    const running = (this.#running = new AbortController());
    const signal = AbortSignal.any([running.signal, AbortSignal.timeout(timeout)]);
    try {
      return this.#keep(url, await request(url, signal, onPart));
    } catch (error) {
      if (!running.signal.aborted) throw troubleOf(error);
    }
    return;
  }

  /** A Map keeps the order of arrival, so the first entry is the one not used for longest. */
  #keep(url: string, reply: Reply): Reply {
    this.#replies.delete(url);
    this.#replies.set(url, reply);
    if (this.#replies.size > KEPT) this.#replies.delete(this.#replies.keys().next().value!);
    return reply;
  }
}

function troubleOf(error: unknown): Trouble {
  if ((error as Trouble).fault) return error as Trouble;
  const name = (error as Error).name;
  const fault = name === "TimeoutError" ? "timeout" : navigator.onLine ? "failed" : "offline";
  return { fault, detail: String(error), seconds: 0, status: 0 };
}

async function request(
  url: string,
  signal: AbortSignal,
  onPart: (part: Reply) => void,
): Promise<Reply> {
  // A GET with these headers needs no preflight; nothing of the reader goes with it.
  const response = await fetch(url, {
    signal,
    credentials: "omit",
    referrerPolicy: "no-referrer",
    headers: { Accept: "application/json, text/event-stream" },
  });
  if (!response.ok) throw await refusal(response);
  const inParts = /^text\/event-stream/.test(response.headers.get("content-type") ?? "");
  const reply = inParts ? await joined(response, onPart) : ((await response.json()) as Reply);
  if (!Array.isArray(reply.passages) || !Array.isArray(reply.citations)) {
    throw new TypeError("this is no reply");
  }
  return reply;
}

async function refusal(response: Response): Promise<Trouble> {
  const { status, headers } = response;
  const problem = (await response.json().catch(() => ({}))) as { detail?: unknown };
  const limited = status === 429 || status === 503;
  const fault = limited ? "limited" : status === 401 || status === 403 ? "refused" : "failed";
  const seconds = Number(headers.get("retry-after")) || 1;
  return { fault, detail: String(problem?.detail ?? ""), seconds, status };
}

/** Server-sent events, each of which adds its fields to the reply. */
async function joined(response: Response, onPart: (part: Reply) => void): Promise<Reply> {
  const reply = { citations: [], passages: [] } as unknown as Reply;
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    const events = (rest + read.value).split("\n\n");
    rest = events.pop()!;
    for (const event of events) {
      const data = /^data: ?(.*)$/m.exec(event);
      if (data) Object.assign(reply, JSON.parse(data[1]!));
    }
    onPart(reply);
  }
  return reply;
}
