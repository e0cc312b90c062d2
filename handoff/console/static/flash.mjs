// A notice about what went wrong stays until the next thing is tried.
document.addEventListener("htmx:before:request", (event) => {
  const { request, sourceElement } = event.detail.ctx;
  if (request.method !== "POST" && !sourceElement?.matches?.("a")) return;
  document.getElementById("flash").replaceChildren();
});
