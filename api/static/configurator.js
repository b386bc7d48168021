// Shows the widget as it is set up and writes the tags for it. Nothing chosen here is sent or kept.

const form = document.getElementById("choices");
const place = document.getElementById("place");
const tags = document.getElementById("tags");
const { version, integrity } = document.getElementById("main").dataset;
const DEFAULTS = { mode: "modal", theme: "auto", lang: "en", "citation-style": "text" };

const escaped = (words) =>
  words.replace(/[&"<>]/g, (sign) => ({ "&": "&amp;", '"': "&quot;", "<": "&lt;", ">": "&gt;" })[sign]);

/** What differs from the default: attributes of the element, custom properties, own strings. */
function choices() {
  const given = [...new FormData(form)].filter(([name, value]) => value && value !== DEFAULTS[name]);
  const named = (test) => given.filter(([name]) => test(name));
  const strings = named((name) => name.startsWith("string-")).map(([name, value]) => [name.slice(7), value]);
  const attributes = named((name) => !/^(--|string-)/.test(name));
  if (strings.length) attributes.push(["strings", JSON.stringify(Object.fromEntries(strings))]);
  return { attributes, properties: named((name) => name.startsWith("--")) };
}

function written({ attributes, properties }) {
  const { origin } = location;
  const script = `<script src="${origin}/widget/${version}/ask.js" defer\n        integrity="${integrity}"\n        crossorigin="anonymous"></script>`;
  const all = [["src", origin], ...attributes].map(([name, value]) => ` ${name}="${escaped(value)}"`);
  const lines = properties.map(([name, value]) => `  ${name}: ${value};`);
  const isInline = attributes.some(([name, value]) => name === "mode" && value === "inline");
  const place = isInline ? "display: block; height: 50px" : "display: inline-block; height: 40px; vertical-align: top";
  const colours = lines.length ? `\nask-widget {\n${escaped(lines.join("\n"))}\n}` : "";
  const style = `<style>\nask-widget:not(:defined) { ${place} }${colours}\n</style>`;
  return `${script}\n${style}\n<ask-widget${all.join("")}></ask-widget>`;
}

function show() {
  const chosen = choices();
  const widget = document.createElement("ask-widget");
  for (const [name, value] of chosen.attributes) widget.setAttribute(name, value);
  for (const [name, value] of chosen.properties) widget.style.setProperty(name, value);
  place.replaceChildren(widget);
  tags.textContent = written(chosen);
}

form.addEventListener("input", show);
form.addEventListener("submit", (event) => event.preventDefault());
document.getElementById("copy").addEventListener("click", async () => {
  const done = await navigator.clipboard?.writeText(tags.textContent).then(() => true, () => false);
  document.getElementById("copied").textContent = done ? "Copied." : "Select the tags and copy them.";
});
show();
