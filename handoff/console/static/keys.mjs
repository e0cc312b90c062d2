// Working without a mouse: j and k walk the list, r writes, 1 to 8 open a part of the person's data, ? explains.
function walk(step) {
  const rows = [...document.querySelectorAll("a.row")];
  if (!rows.length) return;
  const here = rows.findIndex((row) => row === document.activeElement);
  const from = here >= 0 ? here : rows.findIndex((row) => row.hasAttribute("aria-current"));
  const next = from < 0 ? (step > 0 ? 0 : rows.length - 1) : from + step;
  rows[Math.min(Math.max(next, 0), rows.length - 1)].focus();
}

const section = (place) => document.querySelectorAll(".sections a")[place - 1]?.click();

const KEYS = {
  j: () => walk(1),
  k: () => walk(-1),
  r: () => document.querySelector("form.composer textarea")?.focus(),
  "?": () => document.getElementById("shortcuts")?.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest?.("input, textarea, select, dialog[open]")) return;
  const action = KEYS[event.key] ?? (/^[1-8]$/.test(event.key) ? () => section(event.key) : null);
  if (!action) return;
  event.preventDefault();
  action();
});
