// Writing: Enter sends, drafts survive whatever happens to the page around them, a sent text is cleared once.
const sent = new WeakMap();
const forms = () => document.querySelectorAll("form.composer");
const place = (form) => `draft:${form.dataset.draft}`;
const mode = (form) => new FormData(form).get("mode");

function keep(form) {
  const text = form.elements.text.value;
  if (text) sessionStorage.setItem(place(form), JSON.stringify({ text, mode: mode(form) }));
  else sessionStorage.removeItem(place(form));
}

function mark(form) {
  const noting = mode(form) === "note";
  form.classList.toggle("noting", noting);
  form.elements.text.placeholder = noting ? form.dataset.forNote : form.dataset.forReply;
}

function restore(form) {
  if (form.restored) return;
  form.restored = true;
  const draft = JSON.parse(sessionStorage.getItem(place(form)) ?? "null");
  const choices = form.querySelectorAll("input[type=radio][name=mode]");
  // A note's text never turns into a reply by itself, nor the other way round.
  if (draft && !form.elements.text.value && (choices.length || draft.mode === mode(form))) {
    form.elements.text.value = draft.text;
    for (const choice of choices) choice.checked = choice.value === draft.mode;
  }
  mark(form);
}

document.addEventListener("input", (event) => {
  const form = event.target.closest?.("form.composer");
  if (!form) return;
  mark(form);
  keep(form);
});

document.addEventListener("keydown", (event) => {
  const form = event.target.matches?.("form.composer textarea") ? event.target.form : null;
  if (!form) return;
  if (event.key === "Escape") event.target.blur();
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  if (event.target.value.trim()) form.requestSubmit();
});

document.addEventListener("submit", (event) => {
  if (event.target.matches("form.composer")) sent.set(event.target, event.target.elements.text.value);
  if (event.target.matches("form[action='/logout']")) sessionStorage.clear();
});

document.addEventListener("written", (event) => {
  const form = event.target.closest?.("form.composer");
  if (!form) return;
  const box = form.elements.text;
  const text = sent.get(form) ?? "";
  if (box.value.startsWith(text)) box.value = box.value.slice(text.length).trimStart();
  form.elements.request_key.value = event.detail.key;
  keep(form);
});

document.addEventListener("htmx:after:settle", () => forms().forEach(restore));
forms().forEach(restore);
