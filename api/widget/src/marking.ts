import { h, type Child } from "./dom";
import type { Highlight } from "./types";

/** Cut a text where its highlights begin and end. Offsets count code points, as the contract does;
 * JavaScript's own count UTF-16 units, which differ from the first emoji on. */
export function marked(text: string, highlights: Highlight[] = []): Child[] {
  const points = [...text];
  const cuts = new Set([0, points.length]);
  for (const { start, end } of highlights) cuts.add(start).add(end);
  const places = [...cuts].filter((at) => at >= 0 && at <= points.length).sort((a, b) => a - b);
  return places.slice(1).map((end, index) => {
    const start = places[index]!;
    const words = points.slice(start, end).join("");
    const over = highlights.filter((each) => each.start <= start && end <= each.end);
    if (!over.length) return words;
    const isAnswer = over.some(({ kind }) => kind === "answer");
    return isAnswer ? h("mark", {}, words) : h("b", {}, words);
  });
}
