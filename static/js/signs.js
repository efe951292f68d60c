// The small signs of a conversation: the state of the line, who writes, what was read.
import { on, tell } from "./live.js";
import { renew } from "./once.js";
import { word } from "./words.js";

const TYPING_MS = 5000;

// No button is cut in half by the line of telephones.
export function uncut() {
  const edge = document.querySelector(".helpline").getBoundingClientRect().bottom;
  const boxes = Array.from(document.querySelectorAll("main a, main button")).map((one) => one.getBoundingClientRect());
  const cut = boxes.find((box) => box.height && box.top < edge && box.bottom > edge);
  if (cut) window.scrollBy(0, cut.top - edge);
}

export class Signs {
  constructor(room) {
    this.room = room;
    this.told = 0;
    this.title = document.title;
    this.unread = 0;
  }

  start() {
    const room = this.room;
    room.here("consult.read", (event) => { if (event.person !== room.me) room.bubbles.readUpTo(event.seq); });
    room.here("consult.typing", (event) => { if (event.person !== room.me) this.typing(true); });
    room.here("consult.state", (event) => this.state(event.state));
    document.addEventListener("visibilitychange", () => this.tellRead());
    on("ended", () => this.typing(false));
  }

  // What the opened conversation says of the others.
  seen(view) {
    const read = view.read || {};
    Object.keys(read).filter((person) => person !== this.room.me).forEach((person) => this.room.bubbles.readUpTo(read[person]));
    this.state(view.state);
    this.tellRead();
  }

  heard(message) {
    if (message.author.id === this.room.me) return;
    this.typing(false);
    if (document.hidden) this.unread += 1;
    this.tellRead();
  }

  tellRead() {
    if (!document.hidden) this.unread = 0;
    document.title = this.unread ? "(" + this.unread + ") " + this.title : this.title;
    if (document.hidden || this.room.known <= this.told) return;
    if (tell("consult.read", { encounter: this.room.encounter, seq: this.room.known }) !== null) this.told = this.room.known;
  }

  typing(isTyping) {
    const place = document.querySelector("[data-typing]");
    if (!place) return;
    clearTimeout(this.timer);
    place.textContent = isTyping ? word("typing") : "";
    if (isTyping) this.timer = setTimeout(() => this.typing(false), TYPING_MS);
  }

  state(state) {
    const form = this.room.form;
    const before = form.dataset.state;
    if (!state || state === before) return;
    form.dataset.state = state;
    if (before && form.dataset.onState === "reload") renew();
  }

  line(name) {
    const place = document.querySelector("[data-connection]");
    if (!place) return;
    place.textContent = name ? word(name) : "";
    place.hidden = !name;
  }
}
