// The page: telephones at the side, one conversation in the middle, what is typed at the bottom.

import * as api from "./api.mjs";
import { clockTime, dayName, drawBubble, element } from "./bubble.mjs";
import { startPanels, simulatedNow } from "./panels.mjs";

const at = (id) => document.getElementById(id);
const chat = at("chat");
const tabs = at("tabs");
const box = at("text");
const state = { phone: null, cards: new Map(), messages: new Map(), files: [], stream: null };
const visible = (message) =>
  message.mine || message.note || message.status === "delivered" || message.status === "read";

const SAMPLES = {
  location: {
    message_type: "location",
    location: { latitude: -2.5307, longitude: -44.3068, label: "Centro Histórico", address: "São Luís, MA" },
  },
  contacts: {
    message_type: "contacts",
    media: [
      {
        content_type: "text/vcard",
        name: "contato.vcf",
        base64: btoa("BEGIN:VCARD\nVERSION:3.0\nFN:Contato de Exemplo\nEND:VCARD\n"),
      },
    ],
  },
};

const actions = {
  tapButton: (message, choice) =>
    send({ button: { title: choice.title, id: choice.id, reply_to: message.sid } }),
  openList: showList,
  retry: (message) => attempt(() => api.retry(message.sid)),
};

async function attempt(work) {
  try {
    at("trouble").textContent = "";
    return await work();
  } catch {
    at("trouble").textContent = "O simulador não respondeu. Tente de novo daqui a pouco.";
    return null;
  }
}

const send = (content) => attempt(() => api.write({ phone: state.phone, ...content }));

// Conversation

function redraw() {
  const atEnd = chat.scrollHeight - chat.scrollTop - chat.clientHeight < 80;
  const before = new Set([...chat.querySelectorAll("[data-sid]")].map((row) => row.dataset.sid));
  const rows = [];
  let day = null;
  for (const message of [...state.messages.values()].filter(visible)) {
    const name = dayName(message.at, simulatedNow());
    if (name !== day) rows.push(element("div", "day", (day = name)));
    const row = drawBubble(message, actions);
    if (before.size && !before.has(message.sid)) row.classList.add("arriving"); // only what is new moves
    rows.push(row);
  }
  if (!rows.length) rows.push(element("p", "empty", "Nenhuma mensagem ainda. Escreva um “oi” para começar."));
  chat.replaceChildren(...rows);
  if (atEnd) toEnd();
}

function toEnd() {
  chat.scrollTop = chat.scrollHeight;
}

function show(message) {
  if (message.phone !== state.phone) return;
  const known = state.messages.has(message.sid);
  state.messages.set(message.sid, message);
  const row = chat.querySelector(`[data-sid="${message.sid}"]`);
  if (known && row && visible(message)) {
    const changed = JSON.stringify(message) !== row.dataset.drawn;
    // A tick must not take away the focus from a button that somebody is about to press.
    if (changed && (message.mine || message.note)) row.replaceWith(drawBubble(message, actions));
    return;
  }
  if (visible(message)) redraw();
}

async function open(phone) {
  state.phone = phone;
  state.stream?.close();
  state.stream = api.listen(phone, {
    message: show,
    phone: updateCard,
    clock: () => redraw(),
    reload: () => loadMessages(),
  });
  state.stream.onopen = () => loadMessages();
  drawTabs();
  const card = state.cards.get(phone);
  at("name").textContent = card.name;
  at("number").textContent = pretty(phone);
  state.messages.clear();
  await loadMessages();
  toEnd();
  await attempt(() => api.markRead(phone));
}

async function loadMessages() {
  const phone = state.phone;
  const messages = await attempt(() => api.messagesOf(phone));
  if (!messages || phone !== state.phone) return;
  state.messages = new Map(messages.map((message) => [message.sid, message]));
  redraw();
}

// Telephones

const initials = (name) => {
  const words = name.split(" ").filter((word) => /^\p{L}/u.test(word));
  return words.length ? words[0][0] + (words.length > 1 ? words.at(-1)[0] : "") : "#";
};

function pretty(phone) {
  const parts = phone.match(/^\+55(\d\d)(\d{4,5})(\d{4})$/);
  return parts ? `+55 ${parts[1]} ${parts[2]}-${parts[3]}` : phone;
}

function updateCard(card) {
  state.cards.set(card.phone, card);
  drawTabs();
}

function drawTabs() {
  const focused = document.activeElement?.dataset?.phone;
  tabs.replaceChildren(...[...state.cards.values()].map(drawTab));
  if (focused) tabs.querySelector(`[data-phone="${focused}"]`)?.focus();
}

function drawTab(card) {
  const chosen = card.phone === state.phone;
  const tab = element("button", "tab");
  tab.type = "button";
  tab.role = "tab";
  tab.id = `tab-${card.phone.slice(1)}`;
  tab.dataset.phone = card.phone;
  tab.ariaSelected = String(chosen);
  tab.setAttribute("aria-controls", "phone");
  tab.tabIndex = chosen ? 0 : -1;
  if (chosen) at("phone").setAttribute("aria-labelledby", tab.id);
  const words = element("span", "words");
  words.append(element("span", "who", card.name), element("span", "last", card.preview || pretty(card.phone)));
  const avatar = element("span", "avatar", initials(card.name));
  avatar.ariaHidden = "true";
  const edge = element("span", "edge");
  if (card.at) edge.append(element("time", "", clockTime(card.at)));
  if (card.unread && !chosen) {
    const badge = element("span", "badge", String(card.unread));
    badge.append(element("span", "visually-hidden", card.unread === 1 ? " não lida" : " não lidas"));
    edge.append(badge);
  }
  tab.append(avatar, words, edge);
  return tab;
}

tabs.addEventListener("click", (event) => {
  const tab = event.target.closest(".tab");
  if (tab && tab.dataset.phone !== state.phone) open(tab.dataset.phone);
});

tabs.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const all = [...state.cards.keys()];
  const next = all[(all.indexOf(state.phone) + step + all.length) % all.length];
  open(next).then(() => tabs.querySelector(".tab[aria-selected=true]").focus());
});

at("new-number").addEventListener("click", () => at("number-dialog").showModal());

at("number-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const digits = at("new-phone").value.replace(/\D/g, "");
  const phone = `+${digits.length <= 11 ? "55" : ""}${digits}`;
  const card = await attempt(() => api.addPhone(phone, at("new-name").value));
  if (!card) return;
  updateCard(card);
  event.target.reset();
  at("number-dialog").close();
  await open(card.phone);
  box.focus();
});

for (const button of document.querySelectorAll("[data-close]")) {
  button.addEventListener("click", () => button.closest("dialog").close());
}

// Writing

async function submit() {
  const body = box.value.trim();
  if (!body && !state.files.length) return;
  const media = await Promise.all(state.files.map(api.readFile));
  box.value = "";
  state.files = [];
  drawFiles();
  grow();
  toEnd();
  await send({ body, media });
}

function drawFiles() {
  at("files").hidden = !state.files.length;
  at("files").replaceChildren(
    ...state.files.map((file) => {
      const chip = element("button", "chip", file.name);
      chip.type = "button";
      chip.ariaLabel = `Tirar ${file.name}`;
      chip.addEventListener("click", () => {
        state.files = state.files.filter((other) => other !== file);
        drawFiles();
      });
      return chip;
    }),
  );
}

function grow() {
  box.rows = Math.min(5, box.value.split("\n").length);
}

at("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});

box.addEventListener("input", grow);
box.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    submit();
  }
});

at("attach").addEventListener("click", () => at("picker").click());
at("picker").addEventListener("change", () => {
  state.files.push(...at("picker").files);
  at("picker").value = "";
  drawFiles();
  box.focus();
});

for (const button of document.querySelectorAll("#more button")) {
  button.addEventListener("click", async () => {
    at("more").open = false;
    if (button.value === "sticker") await sendSticker();
    else await send(SAMPLES[button.value]);
    box.focus();
  });
}

async function sendSticker() {
  const sticker = await (await fetch("/static/sticker.webp")).blob();
  const media = await api.readFile(new File([sticker], "figurinha.webp", { type: "image/webp" }));
  await send({ message_type: "sticker", media: [media] });
}

function showList(message) {
  at("list-title").textContent = message.list_label;
  at("list-items").replaceChildren(
    ...message.items.map((item) => {
      const button = element("button", "item");
      button.type = "button";
      button.append(element("strong", "", item.title), element("span", "", item.description));
      button.addEventListener("click", () => {
        at("list-dialog").close();
        send({ list: { title: item.title, id: item.id, reply_to: message.sid } });
      });
      return button;
    }),
  );
  at("list-dialog").showModal();
}

async function start() {
  await startPanels(() => state.phone, redraw);
  for (const card of (await attempt(api.phones)) ?? []) state.cards.set(card.phone, card);
  const first = state.cards.keys().next().value;
  if (first) await open(first);
}

start();
