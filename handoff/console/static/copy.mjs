// Buttons that copy a number, and say so.
async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  // Without a secure connection browsers offer only this.
  const box = document.body.appendChild(document.createElement("textarea"));
  box.value = text;
  box.select();
  document.execCommand("copy");
  box.remove();
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy]");
  if (!button) return;
  await copy(button.dataset.copy);
  button.textContent = "Copiado";
  setTimeout(() => (button.textContent = "Copiar"), 2000);
});
