// Messages as the person sees them: the same shape as the server draws.
import { clock, element, icon, word } from "./words.js";
import { readable } from "./read.js";

export function source(body) {
  return body.url || "/consult/attachments/" + body.attachment + "/";
}

function link(body, inside) {
  const made = element("a");
  made.href = source(body);
  made.append(inside);
  return made;
}

function contents(body) {
  if (body.kind === "withdrawn") return [document.createTextNode(word("withdrawn"))];
  const text = body.text ? [document.createTextNode(body.text)] : [];
  if (body.kind === "picture") {
    const picture = element("img");
    picture.src = source(body);
    picture.alt = body.text || word("picture");
    if (body.width) Object.assign(picture, { width: body.width, height: body.height });
    return [link(body, picture)].concat(text);
  }
  if (body.kind === "voice") {
    const voice = element("audio");
    Object.assign(voice, { controls: true, preload: "none", src: source(body) });
    voice.setAttribute("aria-label", word("voice"));
    return [voice].concat(text);
  }
  if (body.kind === "file") return [link(body, document.createTextNode(body.name || word("file")))].concat(text);
  return text;
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
    const item = this.find(message.client_id) || this.made(message.client_id);
    item.className = kinds.concat(mine ? "message--mine" : []).join(" ");
    item.dataset.seq = message.seq;
    item.textContent = "";
    if (!mine && message.author.name) item.append(element("span", "message__author", message.author.name));
    const body = element("div", "message__body");
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
