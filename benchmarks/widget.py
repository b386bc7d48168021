"""What the widget costs a page: bytes, its own time from a reply to paint, and loading it."""

from collections.abc import Callable
from statistics import median
from typing import Any

from benchmarks.recording import RESULTS, ROOT, keep

__all__ = ["COUNT_LOAD", "load_cost", "own_times"]

QUESTIONS = 25

# From the moment that the reply is read to the first moment after the frame that shows it.
OWN_TIME = """async (question) => {
  const widget = document.querySelector("ask-widget");
  const original = Response.prototype.json;
  let read;
  Response.prototype.json = async function () {
    const reply = await original.call(this);
    read = performance.now();
    return reply;
  };
  const shown = new Promise((go) => addEventListener("ask-reply", go, { once: true }));
  widget.open(question);
  await shown;
  const painted = await new Promise((go) =>
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => go(performance.now());
      port2.postMessage(0);
    }));
  Response.prototype.json = original;
  return painted - read;
}"""
COUNT_LOAD = """
window.cost = { long: [], shift: 0 };
const watch = (type, note) => {
  const observer = new PerformanceObserver((list) => list.getEntries().forEach(note));
  observer.observe({ type, buffered: true });
};
watch("longtask", ({ duration }) => cost.long.push(duration));
watch("layout-shift", ({ value }) => (cost.shift += value));
"""


def own_times(tab: Any, ask: Callable[[int], str] = "question {}".format) -> list[float]:
    """Milliseconds from a reply to paint, for as many questions that were not asked before."""
    return [tab.evaluate(OWN_TIME, ask(number)) for number in range(QUESTIONS)]


def load_cost(tab: Any, url: str) -> dict[str, Any]:
    """Long tasks and layout shift of a page that was just loaded; COUNT_LOAD must be on it."""
    tab.goto(url, wait_until="load")
    tab.wait_for_timeout(600)
    cost: dict[str, Any] = tab.evaluate("window.cost")
    return cost


def main() -> None:
    """Measure and write the result."""
    from playwright.sync_api import sync_playwright

    from api.widget_files import PLACE
    from tests.browser import find_browser
    from tests.replies import ReplyServer, page

    dist = ROOT / "api/widget/dist"
    words = "<p>" + "Words of a page that was there before. " * 200 + "</p>"
    with ReplyServer.running() as replies, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_browser(), args=["--no-sandbox", "--disable-gpu"]
        )
        tab = browser.new_page()
        tab.add_init_script(COUNT_LOAD)
        loads = [load_cost(tab, replies.show("/page", page(PLACE, words))) for _ in range(5)]
        times = own_times(tab)
        result = {
            "bytes": {path.name: path.stat().st_size for path in sorted(dist.glob("ask.js*"))},
            "own_ms": {"median": round(median(times), 1), "worst": round(max(times), 1)},
            "long_tasks": [len(load["long"]) for load in loads],
            "layout_shift": [round(load["shift"], 4) for load in loads],
            "chromium": browser.version,
        }
        browser.close()
    keep(RESULTS / "widget.json", "widget", result)
    print(result)


if __name__ == "__main__":
    main()
