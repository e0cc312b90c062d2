// The panel about the person: focus survives a new section, at most three vacancies are proposed at once, and the
// attendant is asked why only where he decides for somebody.
const MOST = 3;
let from = null;

function choices(form) {
  const boxes = [...form.querySelectorAll("input[name=slot]")];
  const full = boxes.filter((box) => box.checked).length >= MOST;
  for (const box of boxes) box.disabled = full && !box.checked;
}

function askWhy(select) {
  const place = document.getElementById(select.dataset.decides);
  if (!place) return;
  const decides = "decides" in (select.selectedOptions[0]?.dataset ?? {});
  place.hidden = !decides;
  place.querySelector("input").required = decides;
}

function prepare() {
  document.querySelectorAll(".panel select[data-decides]").forEach(askWhy);
  document.querySelectorAll(".panel form:has(input[name=slot])").forEach(choices);
}

document.addEventListener("change", (event) => {
  if (event.target.matches(".panel select[data-decides]")) askWhy(event.target);
  if (event.target.matches(".panel input[name=slot]")) choices(event.target.form);
});

document.addEventListener("htmx:before:request", (event) => {
  const source = event.detail.ctx?.sourceElement;
  const panel = source?.closest?.(".panel");
  if (!panel) return; // the conversation around it refreshes too
  const { section } = panel.dataset;
  from = { section, focused: document.activeElement?.id, searches: source.matches("form.agenda") };
});

document.addEventListener("htmx:after:settle", (event) => {
  prepare();
  const panel = [...event.detail.newContent].find((part) => part.matches?.(".panel"));
  if (!from || !panel) return;
  const answer = panel.querySelector(".done, .problem");
  // A new part and an answer are read from their beginning; what was searched for comes into sight.
  if (answer || panel.dataset.section !== from.section) document.getElementById("person").scrollTop = 0;
  else if (from.searches) panel.querySelector(".vacancies")?.scrollIntoView();
  if (!document.activeElement || document.activeElement === document.body || answer) {
    const same = document.getElementById(from.focused || "");
    (answer ?? same ?? panel.querySelector(".sections [aria-current]"))?.focus({ preventScroll: true });
  }
  from = null;
});

prepare();
