// Buttons that open and close dialogs; a dialog whose form was answered is closed.
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-opens], [data-closes]");
  if (!button) return;
  if ("closes" in button.dataset) button.closest("dialog").close();
  else document.getElementById(button.dataset.opens)?.showModal();
});

document.addEventListener("htmx:after:request", (event) => {
  const { ctx } = event.detail;
  const dialog = ctx.sourceElement?.closest?.("dialog");
  if (!dialog) return;
  dialog.close();
  // What was typed stays where it was refused.
  if (ctx.response.status < 400) ctx.sourceElement.reset();
});
