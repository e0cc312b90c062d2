// The simulator's control API, as the page uses it.

async function ask(path, method = "GET", content = undefined) {
  const response = await fetch(`/control/${path}`, {
    method,
    headers: content === undefined ? {} : { "Content-Type": "application/json" },
    body: content === undefined ? undefined : JSON.stringify(content),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.status === 204 ? null : response.json();
}

const of = (phone) => `phones/${encodeURIComponent(phone)}`;

export const phones = () => ask("phones");
export const addPhone = (phone, name) => ask("phones", "POST", { phone, name });
export const messagesOf = (phone) => ask(`${of(phone)}/messages`);
export const markRead = (phone) => ask(`${of(phone)}/read`, "POST");
export const write = (message) => ask("inbound", "POST", message);
export const retry = (sid) => ask(`retry/${sid}`, "POST");
export const clock = () => ask("clock");
export const moveClock = (offset) => ask("clock", "POST", { offset_seconds: offset });
export const setFaults = (plan) => ask("faults", "POST", plan);
export const clearFaults = () => ask("faults", "DELETE");

/** Listens for news; while the stream is open, `phone` counts as being looked at. */
export function listen(phone, handlers) {
  const stream = new EventSource(`/control/events?phone=${encodeURIComponent(phone)}`);
  for (const [kind, handle] of Object.entries(handlers)) {
    stream.addEventListener(kind, (event) => handle(JSON.parse(event.data)));
  }
  return stream;
}

/** A chosen file as the control API takes it. */
export function readFile(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onerror = () => reject(reader.error);
    reader.onload = () =>
      resolve({ content_type: file.type, base64: reader.result.split(",")[1] ?? "", name: file.name });
    reader.readAsDataURL(file);
  });
}
