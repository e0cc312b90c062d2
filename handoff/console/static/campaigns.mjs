// Collections' pages: after a form came back, what became of it has the focus; a list is sent once.
let asked = false;

document.addEventListener("htmx:before:request", (event) => {
  asked = event.detail.ctx.request.method === "POST" || event.detail.ctx.sourceElement?.matches?.("form.plan");
});

document.addEventListener("htmx:after:settle", () => {
  if (!asked) return;
  asked = false;
  const answer = document.querySelector("[data-answer]");
  const place = answer?.childElementCount ? answer : document.getElementById("preview");
  place?.scrollIntoView({ block: "start" });
  place?.focus({ preventScroll: true });
});

// An upload takes a while: a second press would only be the same list again.
document.addEventListener("submit", (event) => {
  if (!event.target.matches("form.upload")) return;
  const button = event.target.querySelector("button");
  button.disabled = true;
  button.textContent = "Enviando…";
});

addEventListener("pageshow", () => {
  const button = document.querySelector("form.upload button");
  if (button?.disabled) {
    button.disabled = false;
    button.textContent = "Enviar lista";
  }
});
