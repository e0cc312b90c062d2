// The list: marks the conversation that is being opened, and shows in the tab's title how many people wait.
const TITLE = document.title;

function countWaiting() {
  const waiting = Number(document.getElementById("inbox")?.dataset.waiting ?? 0);
  document.title = waiting ? `(${waiting}) ${TITLE}` : TITLE;
}

document.addEventListener("click", (event) => {
  const row = event.target.closest?.("a.row");
  if (!row || event.ctrlKey || event.metaKey || event.shiftKey) return;
  document.querySelector("a.row[aria-current]")?.removeAttribute("aria-current");
  row.setAttribute("aria-current", "true");
});

document.addEventListener("htmx:after:swap", (event) => {
  countWaiting();
  // Where the list makes room for the conversation (telephones), the focus goes along.
  if (event.detail.ctx?.sourceElement?.matches?.("a.row") && !document.getElementById("inbox").offsetParent) {
    document.getElementById("who")?.focus();
  }
});

countWaiting();
