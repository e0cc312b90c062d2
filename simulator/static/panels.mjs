// The clock and the faults.

import * as api from "./api.mjs";

const at = (id) => document.getElementById(id);
const shown = new Intl.DateTimeFormat("pt-BR", {
  weekday: "short",
  day: "2-digit",
  month: "2-digit",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  timeZone: "America/Sao_Paulo", // the operator's wall clock, as in the console
});
let offset = 0;

export const simulatedNow = () => new Date(Date.now() + offset * 1000);

function drawClock() {
  at("now").textContent = shown.format(simulatedNow());
  at("now").dateTime = simulatedNow().toISOString();
}

async function move(seconds, afterwards) {
  at("clock-note").textContent = "";
  try {
    const answer = await api.moveClock(seconds);
    offset = answer.offset_seconds;
    at("clock-note").textContent = answer.forwarded.ok
      ? "A central acompanhou."
      : "Só o telefone mudou de hora: a central não acompanhou.";
  } catch {
    at("clock-note").textContent = "Não foi possível mudar o relógio.";
  }
  drawClock();
  afterwards();
}

const FAULTS = {
  send_error: () => ({ sends: { count: 3, status: 503, code: 20503, retry_after: 2 } }),
  rate: () => ({ sends: { count: 3, status: 429, code: 20429, retry_after: 2 } }),
  cut: () => ({ accept_then_drop: 1 }),
  media: () => ({ media_404: 2 }),
  callbacks: () => ({ callbacks: { drop: 0.2, double: 0.3, shuffle: true, delay: 1 } }),
  blocked: (phone) => ({ blocked: [phone] }),
};

async function provoke(name, phone) {
  try {
    await (name === "none" ? api.clearFaults() : api.setFaults(FAULTS[name](phone)));
    at("fault-note").textContent = name === "none" ? "Tudo volta a funcionar." : "Falha preparada.";
  } catch {
    at("fault-note").textContent = "Não foi possível preparar a falha.";
  }
}

/** `phone` gives the open telephone; `afterwards` redraws what depends on the time. */
export async function startPanels(phone, afterwards) {
  if (matchMedia("(min-width: 70rem)").matches) at("clock-panel").open = true;
  for (const button of document.querySelectorAll("[data-advance]")) {
    button.addEventListener("click", () => move(offset + Number(button.dataset.advance), afterwards));
  }
  at("clock-reset").addEventListener("click", () => move(0, afterwards));
  for (const button of document.querySelectorAll("[data-fault]")) {
    button.addEventListener("click", () => provoke(button.dataset.fault, phone()));
  }
  offset = (await api.clock()).offset_seconds;
  drawClock();
  setInterval(drawClock, 10_000);
}
