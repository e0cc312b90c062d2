// Redraws waiting times and terms; the moments themselves come from the server, and so does the clock.
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const ahead = Date.parse(document.body.dataset.now) - Date.now() || 0;

function span(milliseconds) {
  if (milliseconds < MINUTE) return "instantes";
  if (milliseconds < HOUR) return `${Math.floor(milliseconds / MINUTE)} min`;
  if (milliseconds < DAY) {
    const minutes = Math.floor((milliseconds % HOUR) / MINUTE);
    return `${Math.floor(milliseconds / HOUR)} h${minutes ? ` ${minutes} min` : ""}`;
  }
  const days = Math.floor(milliseconds / DAY);
  return days === 1 ? "1 dia" : `${days} dias`;
}

function write(element, text) {
  if (element.textContent === text) return;
  element.title ||= element.textContent;
  element.textContent = text;
}

function redraw() {
  const now = Date.now() + ahead;
  for (const element of document.querySelectorAll("time[data-since]")) {
    const waited = now - Date.parse(element.dateTime);
    write(element, waited < MINUTE ? "agora" : span(waited));
  }
  for (const element of document.querySelectorAll("time[data-due]")) {
    const left = Date.parse(element.dateTime) - now;
    element.classList.toggle("late", left < 0);
    write(element, left < 0 ? `venceu há ${span(-left)}` : `em ${span(left)}`);
  }
}

redraw();
setInterval(redraw, 15_000);
document.addEventListener("htmx:after:settle", redraw);
