// What stands before the eyes of whoever has the conversation is not unread.
const told = new Set();

function tell() {
  const conversation = document.getElementById("conversation");
  const { id, unread } = conversation?.dataset ?? {};
  const newest = [...(conversation?.querySelectorAll(".line[id]") ?? [])].at(-1)?.id;
  if (!Number(unread) || document.visibilityState !== "visible" || told.has(newest)) return;
  told.add(newest);
  htmx.ajax("POST", `/conversations/${id}/seen`, { swap: "none" });
}

document.addEventListener("visibilitychange", tell);
document.addEventListener("htmx:after:settle", tell);
tell();
