// What the pages gain from a script: keys, copying, and telling what happened. Without it, all works.

const box = document.getElementById("q");
const form = document.getElementById("ask");
const keys = document.getElementById("keys");
const status = document.getElementById("status");
const singleKeys = document.getElementById("single-keys");

function say(message) {
  status.textContent = "";
  // A live region speaks when its text changes, so an equal message needs an empty moment first.
  setTimeout(() => { status.textContent = message; }, 100);
}

function goTo(element) {
  element.focus({ preventScroll: true });
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  element.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
}

// Moving between passages

const passages = [...document.querySelectorAll(".passage")];

function move(step) {
  const at = passages.indexOf(document.activeElement.closest(".passage"));
  if (at === 0 && step < 0) return goTo(box);
  const next = passages[at < 0 ? 0 : at + step];
  if (next) goTo(next);
}

// Copying a citation

async function put(text) {
  // Only pages served securely, or from this machine, are given a clipboard.
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = document.createElement("textarea");
  const focused = document.activeElement;
  field.value = text;
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  focused.focus({ preventScroll: true });
  if (!done) throw new Error("copying was refused");
}

async function copy(button) {
  const { words, reference, link } = button.dataset;
  const label = button.dataset.label ??= button.textContent;
  const address = new URL(link, location.href).href;
  let outcome = "Citation copied";
  try {
    await put(`“${words}”\n${reference}\n${address}`);
    button.textContent = "Copied";
  } catch {
    outcome = "The browser did not allow copying";
    button.textContent = "Not copied";
  }
  say(outcome);
  clearTimeout(button.timer);
  button.timer = setTimeout(() => { button.textContent = label; }, 2000);
}

for (const button of document.querySelectorAll(".copy")) {
  button.hidden = false;
  button.addEventListener("click", () => copy(button));
}

// Keys

const isField = (element) => element.matches("input, textarea, select, [contenteditable]");

function clearOrReturn(element) {
  if (element === box && box.value) box.value = "";
  else if (element !== box) goTo(box);
}

const actions = {
  "/": () => { goTo(box); box.select(); },
  "?": () => keys.showModal(),
  j: () => move(1),
  k: () => move(-1),
  c: (element) => {
    const place = element.closest("[data-citable]") ?? document.querySelector("[data-citable]");
    if (place) copy(place.querySelector(".copy"));
  },
};

function act(event) {
  const element = document.activeElement;
  const { key } = event;
  const inPassage = element.closest(".passage");
  if (key === "Escape") return clearOrReturn(element);
  // Arrows scroll a page; they are taken over only where moving has begun, or from the box.
  if (key === "ArrowDown" && passages.length && (inPassage || element === box)) return move(1);
  if (key === "ArrowUp" && inPassage) return move(-1);
  if (key === "Enter" && element.matches("[data-citable]")) return element.querySelector("[data-open]").click();
  if (isField(element) || !singleKeys.checked) return false;
  if (/^[1-9]$/.test(key)) {
    const footnote = document.getElementById(`footnote-${key}`);
    return footnote ? goTo(footnote) : false;
  }
  return Object.hasOwn(actions, key) ? actions[key](element) : false;
}

document.addEventListener("keydown", (event) => {
  const modified = event.ctrlKey || event.metaKey || event.altKey;
  if (modified || event.isComposing || event.defaultPrevented || keys.open) return;
  if (act(event) !== false) event.preventDefault();
});

// Single keys get in the way of speech input: they can be turned off, and stay off.
const remembered = {
  get: () => { try { return localStorage.getItem("single-keys"); } catch { return null; } },
  set: (value) => { try { localStorage.setItem("single-keys", value); } catch { /* no storage here */ } },
};
singleKeys.checked = remembered.get() !== "off";
singleKeys.addEventListener("change", () => remembered.set(singleKeys.checked ? "on" : "off"));

const showKeys = document.getElementById("show-keys");
showKeys.hidden = false;
showKeys.addEventListener("click", () => keys.showModal());
document.getElementById("hide-keys").addEventListener("click", () => keys.close());

// Asking

const button = form.querySelector("[type=submit]");
const label = button.textContent;

form.addEventListener("submit", () => {
  for (const field of form.querySelectorAll(".fields input")) field.disabled = !field.value;
  form.setAttribute("aria-busy", "true");
  button.textContent = button.dataset.busy;
  say(button.dataset.busy);
});

addEventListener("pageshow", () => {
  for (const field of form.querySelectorAll(".fields input")) field.disabled = false;
  form.removeAttribute("aria-busy");
  button.textContent = label;
});

// After load

const result = document.querySelector("[data-announce]");
if (result) say(result.dataset.announce);

const cited = document.getElementById("cited");
// A text fragment does not show in the hash; the browser then moves to the same words itself.
if (cited && !location.hash) {
  cited.tabIndex = -1;
  cited.focus({ preventScroll: true });
  cited.scrollIntoView({ block: "center" });
}
