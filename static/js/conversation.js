// The conversation: what was said is shown in order, what is said is never lost.
import { Bubbles } from "./bubbles.js";
import { catchUp } from "./catchup.js";
import { Composer } from "./composer.js";
import { command, isOpen, live, on } from "./live.js";
import { older } from "./older.js";
import { Outbox } from "./outbox.js";
import { Poller, postText } from "./plain.js";
import { Signs, uncut } from "./signs.js";
import { word } from "./words.js";

const CUTS_BEFORE_POLLING = 3;
const OFFLINE = { code: "offline" };

class Conversation {
  constructor(form) {
    this.form = form;
    this.encounter = form.dataset.encounter;
    this.me = form.dataset.me;
    this.joined = this.opening = false;
    this.newest = 0;
    this.bubbles = new Bubbles(document.querySelector("[data-messages]"), this.me);
    this.known = Math.max(Number(form.dataset.lastSeq || 0), this.bubbles.last());
    this.signs = new Signs(this);
    this.poller = new Poller(() => this.poll());
    this.outbox = new Outbox(this.encounter, (entry) => this.send(entry), (entry, answer) => this.sent(entry, answer));
    this.composer = new Composer(form, (text) => this.say(text), () => catchUp(this));
  }

  start() {
    this.bubbles.readUpTo(0);
    this.outbox.entries().forEach((entry) => this.draw(entry));
    this.showNewest();
    older(this.form, this.bubbles);
    on("open", () => this.opened());
    on("down", (failures) => this.down(failures));
    on("ended", (why) => this.ended(why));
    this.here("consult.message", (message) => this.heard(message));
    this.signs.start();
    live();
  }

  here(type, listener) {
    on(type, (event) => { if (event.encounter === this.encounter) listener(event); });
  }

  say(text) {
    this.show(this.bubbles.pending(this.outbox.add(text)), true);
  }

  draw(entry) {
    const item = this.bubbles.pending(entry);
    if (!entry.code) return;
    this.bubbles.wrong(item, word(entry.code) || word("refused"), [
      [word("resend"), () => { item.remove(); this.show(this.bubbles.pending(this.outbox.again(entry)), true); }],
      [word("edit"), () => { item.remove(); this.outbox.remove(entry.client_id); this.composer.edit(entry.text); }],
    ]);
  }

  send(entry) {
    if (this.poller.runs) return postText(this.form, entry);
    if (!this.joined) return Promise.reject(OFFLINE);
    return command("consult.say", { encounter: this.encounter, client_id: entry.client_id, text: entry.text });
  }

  sent(entry, answer) {
    if (!answer) return this.draw(entry);
    const author = { id: this.me, kind: this.form.dataset.kind || "resident", name: "" };
    return this.bubbles.put(Object.assign({}, answer, { author: author, body: { kind: "text", text: entry.text } }));
  }

  async opened() {
    if (this.opening) return;
    this.opening = true;
    this.poller.stop();
    this.joined = false;
    try {
      this.signs.seen(await catchUp(this));
      this.joined = true;
      this.signs.line("");
      this.outbox.flush();
      this.composer.retry();
    } catch (refusal) {
      if (!refusal.code) throw refusal;
      if (refusal.code === "not_found") this.ended("no_right");
      else if (isOpen()) setTimeout(() => this.opened(), 2000 + Math.random() * 2000);
    } finally {
      this.opening = false;
    }
  }

  async poll() {
    try {
      this.signs.seen(await catchUp(this));
      this.signs.line("polling");
      this.outbox.flush();
    } catch (refusal) {
      if (!refusal.code) throw refusal;
      if (refusal.code === "signed_out" || refusal.code === "not_found") this.ended(refusal.code);
      else this.signs.line("reconnecting");
    }
  }

  put(message) {
    const item = this.bubbles.put(message);
    this.outbox.remove(message.client_id);
    this.known = Math.max(this.known, message.seq);
    this.show(item, false);
  }

  heard(message) {
    this.newest = Math.max(this.newest, message.seq);
    if (message.seq > this.known + 1) this.opened();
    else this.put(message);
    this.signs.heard(message);
  }

  showNewest() {
    const newest = this.bubbles.list.lastElementChild;
    if (newest && !document.querySelector("[data-waiting]")) newest.scrollIntoView({ block: "nearest" });
    requestAnimationFrame(uncut);
  }

  // The newest is in view when the person was there already, or has just written it.
  show(item, always) {
    const before = item.previousElementSibling;
    const near = !before || before.getBoundingClientRect().top < window.innerHeight;
    if (always || near) item.scrollIntoView({ block: "nearest" });
  }

  ended(why) {
    this.joined = false;
    this.poller.stop();
    this.signs.line({ signed_out: "signed_out", replaced: "replaced" }[why] || "no_right");
  }

  down(failures) {
    this.joined = false;
    if (this.poller.runs) return;
    this.signs.line("reconnecting");
    if (failures >= CUTS_BEFORE_POLLING) this.poller.start();
  }
}

export function conversation() {
  const form = document.querySelector("form[data-conversation]");
  if (!form) return;
  document.documentElement.classList.add("talks");
  new Conversation(form).start();
}
