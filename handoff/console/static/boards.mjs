// Boards and a protocol's page: alive by the same stream, worked by keyboard, documents large and turned.
const STRANGER = 3_000; // milliseconds: what changes elsewhere may concern a board, but not at once
let later = null;
let next = null; // where the focus goes once a decision has come back
let done = null; // what a carried-out form stood in

const board = () => document.querySelector("[data-board]");
const protocol = () => document.querySelector("[data-protocol-page]");
const again = (part) => part && htmx.trigger(part, "refetch", {}, false);

// What changed: an id of a conversation or of a protocol.

function heard(id) {
  const page = protocol();
  if (page && page.dataset.rings.split(" ").includes(id)) again(page);
  const cards = board();
  if (!cards) return;
  if (cards.querySelector(`[data-conversation="${id}"], [data-protocol="${id}"]`)) again(cards);
  else later ??= setTimeout(() => {
    later = null;
    again(board());
  }, STRANGER);
}

document.addEventListener("conversation", (event) => heard(JSON.parse(event.detail.data).id));
document.addEventListener("refresh", () => {
  again(board());
  again(protocol());
});

// A board: cards by row and column.

const cards = (column) => [...column.querySelectorAll("a.open")];
const columns = () => [...document.querySelectorAll(".column")].filter((column) => cards(column).length);

function down(step) {
  const all = columns().flatMap(cards);
  const here = all.indexOf(document.activeElement);
  const wanted = here < 0 ? (step > 0 ? 0 : all.length - 1) : here + step;
  all[Math.min(Math.max(wanted, 0), all.length - 1)]?.focus();
}

function across(step) {
  const all = columns();
  const column = document.activeElement.closest?.(".column");
  const here = all.indexOf(column);
  const row = column ? cards(column).indexOf(document.activeElement) : 0;
  const there = all[Math.min(Math.max(here < 0 ? 0 : here + step, 0), all.length - 1)];
  if (!there || there === column) return;
  const others = cards(there);
  others[Math.min(Math.max(row, 0), others.length - 1)]?.focus();
}

const pick = () => document.activeElement.closest?.(".board-card")?.querySelector("input.pick")?.click();

const ON_BOARD = {
  j: () => down(1),
  k: () => down(-1),
  ArrowDown: () => down(1),
  ArrowUp: () => down(-1),
  ArrowRight: () => across(1),
  ArrowLeft: () => across(-1),
  x: pick,
  "/": () => document.getElementById("board-q")?.focus(),
};

// A protocol: what can be decided one by one, in the page's order.

const items = () => [...document.querySelectorAll("[data-item]")];
const present = () => document.activeElement.closest?.("[data-item]") ?? document.querySelector("[data-item][data-current]");

function step(by) {
  const all = items();
  const here = all.indexOf(document.activeElement.closest?.("[data-item]"));
  const wanted = here < 0 ? (by > 0 ? 0 : all.length - 1) : here + by;
  const item = all[Math.min(Math.max(wanted, 0), all.length - 1)];
  if (!item) return;
  item.focus();
  // A document is shown before anything is decided about it.
  if (!("current" in item.dataset)) item.querySelector("a[data-shows]")?.click();
}

// A document's forms stand beside its picture, a change's in its own row.
function desk() {
  const item = present();
  return item?.querySelector("form[data-key], details[data-key]") ? item : document.querySelector("[data-decides]");
}

function open(details) {
  if (!details) return;
  details.open = true;
  details.querySelector("textarea, input:not([type=hidden])")?.focus();
}

const ON_PROTOCOL = {
  j: () => step(1),
  k: () => step(-1),
  ArrowDown: () => step(1),
  ArrowUp: () => step(-1),
  a: () => desk()?.querySelector("form[data-key=a]")?.requestSubmit(),
  r: () => open(desk()?.querySelector("details[data-key=r]")),
  c: () => open(document.querySelector("details[data-key=c]")),
  e: () => document.querySelector("[data-writes] textarea")?.focus(),
  g: () => turn(90),
  z: () => zoom(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape" && document.querySelector(".viewer.wide")) return wide(false);
  if (event.target.closest?.("textarea, select, dialog[open], input:not([type=checkbox])")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const known = protocol() ? ON_PROTOCOL : ON_BOARD;
  const action = known[event.key] ?? (event.key === "?" ? () => document.getElementById("shortcuts")?.showModal() : null);
  // Arrows move cards only where a card has the focus: everywhere else they scroll.
  if (!action || (event.key.startsWith("Arrow") && !event.target.closest?.(".board-card, [data-item]"))) return;
  event.preventDefault();
  action();
});

// The picture.

const sheet = () => document.querySelector(".viewer .sheets");

function turn(by) {
  const place = sheet();
  if (place) place.dataset.turn = String((Number(place.dataset.turn ?? 0) + by + 360) % 360);
}

function zoom(way) {
  const place = sheet();
  if (!place) return;
  const now = Number(place.dataset.zoom ?? 1);
  const wanted = way ? now + way : now >= 3 ? 1 : now + 1;
  place.dataset.zoom = String(Math.min(Math.max(wanted, 1), 4));
}

function wide(on) {
  const viewer = document.querySelector(".viewer");
  if (!viewer) return;
  viewer.classList.toggle("wide", on ?? !viewer.classList.contains("wide"));
  const button = viewer.querySelector("[data-wide]");
  button?.setAttribute("aria-pressed", String(viewer.classList.contains("wide")));
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-turn-by], [data-zoom-by], [data-wide]");
  if (!button) {
    if (event.target.matches?.(".viewer .sheets img")) zoom();
    return;
  }
  if ("wide" in button.dataset) wide();
  else if (button.dataset.turnBy) turn(Number(button.dataset.turnBy));
  else zoom(Number(button.dataset.zoomBy));
});

// Choosing several cards.

function chosen() {
  for (const button of document.querySelectorAll("[data-together]")) {
    const many = button.closest(".column").querySelectorAll("input.pick:checked").length;
    button.disabled = !many;
    const words = (button.dataset.words ??= button.textContent);
    button.textContent = many ? `${words} (${many})` : words;
  }
}

document.addEventListener("change", (event) => {
  if (event.target.matches("input.pick")) chosen();
});

// A refreshed page keeps what is open, turned and half-typed; a carried-out form is empty and closed again.

function keeps(element, name) {
  if (name === "open") return element.matches("details") && element !== done;
  if (name === "data-zoom" || name === "data-turn") return element.matches(".sheets");
  return name === "class" && element.matches(".viewer.wide");
}

htmx.registerExtension("boards", {
  htmx_before_morph_attr: (element, { attrName, newValue }) => newValue !== null && attrName !== "class" || !keeps(element, attrName),
});

document.addEventListener("htmx:before:request", (event) => {
  const { request, sourceElement } = event.detail.ctx;
  if (request.method !== "POST" || !protocol()?.contains(sourceElement)) return;
  next = items().indexOf(sourceElement.closest("[data-item]") ?? document.querySelector("[data-item][data-current]"));
});

document.addEventListener("htmx:after:request", (event) => {
  const { ctx } = event.detail;
  if (ctx.request.method !== "POST" || ctx.response.status >= 400 || !protocol()?.contains(ctx.sourceElement)) return;
  done = ctx.sourceElement.closest("details");
  ctx.sourceElement.reset?.();
});

// After a decision the focus goes on to what is open still.

document.addEventListener("htmx:after:settle", () => {
  chosen();
  done = null;
  if (next === null) return;
  const answer = document.querySelector("[data-answer]");
  const left = items().filter((item) => "open" in item.dataset);
  const after = left.find((item) => items().indexOf(item) >= next) ?? left[0];
  next = null;
  if (answer?.matches(".problem")) answer.focus();
  else (after ?? answer)?.focus({ preventScroll: !after });
});

chosen();
