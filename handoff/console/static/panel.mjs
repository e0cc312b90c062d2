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

const panelOf = (event) => event.detail.ctx?.sourceElement?.closest?.(".panel");

document.addEventListener("htmx:before:request", (event) => {
  const panel = panelOf(event);
  if (panel) from = { focused: document.activeElement?.id, section: panel.dataset.section };
});

document.addEventListener("htmx:after:settle", (event) => {
  prepare();
  const panel = document.querySelector(".panel");
  // The conversation around it refreshes too, and moves nothing here.
  if (!from || !panel || !panelOf(event)) return;
  const answer = panel.querySelector(".done, .problem");
  const searched = event.detail.ctx.sourceElement.matches("form.agenda");
  if (answer || panel.dataset.section !== from.section) document.getElementById("person").scrollTop = 0;
  else if (searched) panel.querySelector(".vacancies")?.scrollIntoView();
  if (!document.activeElement || document.activeElement === document.body || answer) {
    const same = document.getElementById(from.focused || "");
    (answer ?? same ?? panel.querySelector(".sections [aria-current]"))?.focus({ preventScroll: true });
  }
  from = null;
});

prepare();
