// Draws one message. Text from outside only ever becomes text nodes.

const timeOfDay = new Intl.DateTimeFormat("pt-BR", { hour: "2-digit", minute: "2-digit", timeZone: "America/Sao_Paulo" });
const dayAndMonth = new Intl.DateTimeFormat("pt-BR", { day: "numeric", month: "long", year: "numeric", timeZone: "America/Sao_Paulo" });
const MARKS = { "*": "strong", _: "em", "~": "s" };
const MARKED = /([*_~])(?=\S)([^\n]*?\S)\1(?![\p{L}\d])|(https?:\/\/[^\s<>]+[^\s<>.,;:!?)])/gu;
const TICKS = {
  sending: ["clock", "enviando"],
  delivered: ["ticks", "enviada"],
};

export function element(tag, className = "", text = "") {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", "icon");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#icon-${name}`);
  svg.append(use);
  return svg;
}

export const clockTime = (at) => timeOfDay.format(new Date(at));

/** 'Hoje', 'Ontem' or the date, seen from the simulated now. */
export function dayName(at, now) {
  const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate());
  const days = Math.round((midnight(now) - midnight(new Date(at))) / 86_400_000);
  return ["Hoje", "Ontem"][days] ?? dayAndMonth.format(new Date(at));
}

/** The channel's light marks: *bold*, _italic_, ~struck~, and links. */
export function formatted(text) {
  const whole = element("p", "body");
  let end = 0;
  for (const found of text.matchAll(MARKED)) {
    whole.append(text.slice(end, found.index));
    whole.append(found[3] ? link(found[3]) : element(MARKS[found[1]], "", found[2]));
    end = found.index + found[0].length;
  }
  whole.append(text.slice(end));
  return whole;
}

function link(address) {
  const anchor = element("a", "", address);
  anchor.href = address;
  anchor.target = "_blank";
  anchor.rel = "noopener noreferrer";
  return anchor;
}

export function drawBubble(message, actions) {
  if (!message.mine && message.note) return failureNote(message);
  const bubble = element("div", `bubble ${message.mine ? "mine" : "theirs"}`);
  bubble.append(element("span", "visually-hidden", message.mine ? "Você:" : "Central:"));
  for (const media of message.media) bubble.append(drawMedia(media, message.message_type));
  if (message.location) bubble.append(drawPlace(message.location));
  if (message.body) bubble.append(formatted(message.body));
  bubble.append(drawFoot(message));
  const row = element("div", `row ${message.mine ? "mine" : "theirs"}`);
  row.dataset.sid = message.sid;
  row.append(bubble);
  if (message.buttons.length) row.append(drawButtons(message, actions));
  if (message.items.length) row.append(drawListOpener(message, actions));
  if (message.mine && message.status === "failed") row.append(drawRetry(message, actions));
  return row;
}

function failureNote(message) {
  const note = element("div", "row note");
  note.dataset.sid = message.sid;
  note.append(element("p", "system", `Uma mensagem da central não chegou. ${message.note}`));
  return note;
}

function drawMedia(media, messageType) {
  if (media.content_type.startsWith("image/")) {
    const anchor = element("a", messageType === "sticker" ? "sticker" : "thumbnail");
    anchor.href = media.url;
    anchor.target = "_blank";
    const image = element("img");
    image.src = media.url;
    image.alt = messageType === "sticker" ? "Figurinha" : `Imagem: ${media.name}`;
    anchor.append(image);
    return anchor;
  }
  if (media.content_type.startsWith("audio/")) {
    const audio = element("audio");
    audio.controls = true;
    audio.src = media.url;
    audio.setAttribute("aria-label", `Áudio: ${media.name}`);
    return audio;
  }
  const anchor = element("a", "file");
  anchor.href = media.url;
  if (media.content_type === "application/pdf") {
    anchor.target = "_blank";
    anchor.rel = "noopener";
  } else {
    anchor.download = media.name;
  }
  const isContact = messageType === "contacts";
  const words = element("span", "", isContact ? "Contato" : media.name);
  if (!isContact) words.append(element("small", "", ` ${kindOf(media)} · ${sizeOf(media.size)}`));
  anchor.append(icon(isContact ? "person" : "file"), words);
  return anchor;
}

const kindOf = (media) => media.name.match(/\.(\w{1,5})$/)?.[1].toUpperCase() ?? "Arquivo";

const sizeOf = (bytes) =>
  bytes < 1000 ? `${bytes} bytes` : bytes < 1_000_000 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1).replace(".", ",")} MB`;

function drawPlace(place) {
  const label = element("span", "place");
  const words = element("span");
  words.append(element("strong", "", place.Label || "Localização"), element("br"));
  words.append(place.Address || `${place.Latitude}, ${place.Longitude}`);
  label.append(icon("pin"), words);
  return label;
}

function drawFoot(message) {
  const foot = element("span", "foot");
  const time = element("time", "", clockTime(message.at));
  time.dateTime = message.at;
  foot.append(time);
  const [name, words] = (message.mine && TICKS[message.status]) || [];
  if (name) foot.append(icon(name), element("span", "visually-hidden", words));
  return foot;
}

function drawButtons(message, actions) {
  const group = element("div", "options");
  for (const choice of message.buttons) {
    const button = element("button", "option", choice.title);
    button.type = "button";
    button.addEventListener("click", () => actions.tapButton(message, choice));
    group.append(button);
  }
  return group;
}

function drawListOpener(message, actions) {
  const group = element("div", "options");
  const button = element("button", "option");
  button.type = "button";
  button.append(icon("list"), message.list_label);
  button.addEventListener("click", () => actions.openList(message));
  group.append(button);
  return group;
}

function drawRetry(message, actions) {
  const button = element("button", "retry");
  button.type = "button";
  button.append(icon("warning"), "não entregue, tocar para tentar de novo");
  button.addEventListener("click", () => actions.retry(message));
  return button;
}
