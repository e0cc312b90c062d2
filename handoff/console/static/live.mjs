// The stream says which conversation changed; the open parts of the page fetch themselves again.
const GATHER = 120; // milliseconds: several changes at once are one look
const LOST = "Sem conexão. Tentando de novo…";
let waiting = null;
let lost = false;

function refetch(id) {
  const part = document.getElementById(id);
  if (part) htmx.trigger(part, "refetch", {}, false);
}

function lookAtConversation() {
  waiting ??= setTimeout(() => {
    waiting = null;
    refetch("conversation");
  }, GATHER);
}

function show(isLost) {
  const place = document.getElementById("link");
  if (place && lost !== isLost) place.textContent = isLost ? LOST : "";
  lost = isLost;
}

document.addEventListener("conversation", (event) => {
  const { id } = JSON.parse(event.detail.data);
  refetch("inbox");
  if (document.getElementById("conversation")?.dataset.id === id) lookAtConversation();
});

document.addEventListener("refresh", () => {
  refetch("inbox");
  lookAtConversation();
});

document.addEventListener("htmx:sse:after:connection", () => {
  const wasLost = lost;
  show(false);
  if (wasLost) {
    refetch("inbox");
    lookAtConversation();
  }
});

document.addEventListener("htmx:sse:error", (event) => {
  if (event.detail.status === 401) location.reload();
  else show(true);
});

for (const name of ["htmx:error", "htmx:response:error"]) {
  document.addEventListener(name, (event) => {
    if (event.target.id === "stream") show(true);
  });
}
