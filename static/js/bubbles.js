// Messages as the person sees them: the same shape as the server draws.
import { clock, element, icon, word } from "./words.js";
import { readable } from "./read.js";

function words(text, tag) {
  const made = element(tag, "", text);
  made.dir = "auto";
  return made;
}

function linkTo(url, inside) {
  const made = element("a");
  made.href = url;
  made.append(inside);
  return made;
}

function picture(body) {
  const made = Object.assign(element("img"), { src: body.url, alt: word("picture"), width: body.width, height: body.height });
  return linkTo(body.url, made);
}

function voice(body) {
  const made = Object.assign(element("audio"), { controls: true, preload: "none", src: body.url });
  made.setAttribute("aria-label", word("voice"));
  return made;
}

function card(body) {
  return body.url ? linkTo(body.url, body.title || word("open")) : element("strong", "", body.title);
}

function contents(body) {
  if (body.kind === "text") return [body.text];
  if (body.kind === "withdrawn") return [word("withdrawn")];
  const file = () => Object.assign(linkTo(body.url, word("file")), { download: "" });
  const first = { picture: picture, voice: voice, file: file }[body.kind] || card;
  const lines = (body.text ? [body.text] : []).concat(body.lines || []);
  return [first(body)].concat(lines.map((line) => words(line, "p")));
}

export class Bubbles {
  constructor(list, me) {
    this.list = list;
    this.me = me;
    this.read = 0;
  }

  all() {
    return Array.from(this.list.querySelectorAll("li[data-client-id]"));
  }

  find(clientId) {
    return this.all().find((item) => item.dataset.clientId === clientId);
  }

  last() {
    return this.all().reduce((most, item) => Math.max(most, Number(item.dataset.seq || 0)), 0);
  }

  first() {
    const stored = this.all().find((item) => item.dataset.seq);
    return stored ? Number(stored.dataset.seq) : 0;
  }

  // A message of the server; replaces the person's own copy with the same client_id.
  put(message) {
    const mine = message.author.id === this.me;
    const kinds = ["message", "message--" + message.author.kind, "message--" + message.body.kind];
    if (message.body.code) kinds.push("message--" + message.body.code);
    const item = this.find(message.client_id) || this.made(message.client_id);
    item.className = kinds.concat(mine ? "message--mine" : []).join(" ");
    item.dataset.seq = message.seq;
    item.textContent = "";
    const author = message.author.kind === "system" ? word("notice") : message.author.name;
    if (!mine && author) item.append(element("span", "message__author", author));
    const body = words("", "div");
    body.className = "message__body";
    body.append(...contents(message.body));
    item.append(body, this.foot(message.sent));
    this.place(item);
    this.mark(item);
    readable(item);
    return item;
  }

  // The person's own words, before the server has them.
  pending(entry) {
    const item = this.find(entry.client_id) || this.made(entry.client_id);
    if (item.dataset.seq) return item;
    item.className = "message message--mine message--" + (entry.code ? "refused" : "sending");
    item.textContent = "";
    const body = element("div", "message__body", entry.text);
    item.append(body, this.foot(entry.sent));
    item.querySelector("[data-mark]").textContent = entry.code ? word("refused") : word("sending");
    this.list.append(item);
    return item;
  }

  made(clientId) {
    const item = element("li");
    item.dataset.clientId = clientId;
    return item;
  }

  foot(sent) {
    const foot = element("div", "message__foot");
    const time = element("time", "", clock(sent));
    time.dateTime = sent;
    const mark = element("span");
    mark.dataset.mark = "";
    foot.append(time, mark);
    return foot;
  }

  // In the order of the server; what is not stored yet stays below.
  place(item) {
    const seq = Number(item.dataset.seq);
    const after = this.all().find((other) => other !== item && (!other.dataset.seq || Number(other.dataset.seq) > seq));
    if (after) this.list.insertBefore(item, after);
    else this.list.append(item);
  }

  readUpTo(seq) {
    this.read = Math.max(this.read, seq);
    this.all().forEach((item) => this.mark(item));
  }

  mark(item) {
    const mark = item.querySelector("[data-mark]");
    if (!mark || !item.dataset.seq || !item.classList.contains("message--mine")) return;
    const isRead = Number(item.dataset.seq) <= this.read;
    mark.textContent = word(isRead ? "read" : "sent");
    mark.prepend(icon(isRead ? "double-check" : "check"));
  }

  // What went wrong, in words, with what can be done.
  wrong(item, sentence, buttons) {
    const line = element("div", "message__wrong", sentence);
    line.setAttribute("role", "alert");
    buttons.forEach(([label, act]) => {
      const button = element("button", "button button--small", label);
      button.type = "button";
      button.addEventListener("click", act);
      line.append(button);
    });
    item.append(line);
  }
}
