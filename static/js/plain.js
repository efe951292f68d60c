// The conversation by plain requests, for lines on which no socket stands.

const EVERY_MS = 5000;
const CODES = { 401: "signed_out", 403: "signed_out", 404: "not_found", 409: "not_open", 413: "too_large", 422: "malformed", 429: "rate_limited" };

// What the server said, or a refusal with a code; anything else is a line that failed.
export async function answerOf(response) {
  const isJson = (response.headers.get("Content-Type") || "").includes("json");
  const body = isJson ? await response.json() : {};
  if (response.ok && isJson) return body;
  const fallback = response.status === 400 ? "malformed" : CODES[response.status] || "unavailable";
  const wait = Number(response.headers.get("Retry-After") || 0);
  throw Object.assign({ code: fallback, retry_after: wait || undefined }, body);
}

function ask(url, options) {
  const settings = Object.assign({ credentials: "same-origin", redirect: "error", headers: { "Accept": "application/json" } }, options);
  return fetch(url, settings).catch(() => { throw { code: "offline" }; }).then(answerOf);
}

export function getMessages(form, range) {
  const words = Object.keys(range).map((name) => name + "=" + range[name]).join("&");
  return ask(form.dataset.messagesUrl + "?" + words, {});
}

export function postText(form, entry) {
  const body = new FormData();
  body.set("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
  body.set("client_id", entry.client_id);
  body.set("text", entry.text);
  return ask(form.action, { method: "POST", body: body });
}

export class Poller {
  constructor(work) {
    this.work = work;
    this.runs = false;
  }

  start() {
    if (this.runs) return;
    this.runs = true;
    this.turn();
  }

  stop() {
    this.runs = false;
    clearTimeout(this.timer);
  }

  async turn() {
    await this.work();
    if (this.runs) this.timer = setTimeout(() => this.turn(), EVERY_MS * (0.8 + Math.random() * 0.4));
  }
}
