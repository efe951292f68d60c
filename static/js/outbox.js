// Words on their way: kept on this device until the server has stored them, sent in order.
import { keep, kept, drop } from "./shelf.js";
import { uuid } from "./words.js";

const FINAL = ["conflict", "too_long", "empty", "not_open", "not_found", "malformed", "too_large"];
const LINE = ["offline", "signed_out"]; // sent when the conversation is open again
const SHORTEST_S = 1;
const LONGEST_S = 15;

export class Outbox {
  // `send(entry)` resolves with the answer or rejects with {code}; `changed(entry, answer)` draws it.
  constructor(encounter, send, changed) {
    this.name = "outbox:" + encounter;
    this.send = send;
    this.changed = changed;
    this.busy = false;
    this.pause = SHORTEST_S;
  }

  entries() {
    return kept(this.name) || [];
  }

  store(entries) {
    if (entries.length) keep(this.name, entries);
    else drop(this.name);
  }

  add(text) {
    const entry = { client_id: uuid(), text: text, sent: new Date().toISOString(), code: "" };
    this.store(this.entries().concat(entry));
    this.flush();
    return entry;
  }

  remove(clientId) {
    const entries = this.entries();
    const left = entries.filter((entry) => entry.client_id !== clientId);
    if (left.length < entries.length) this.store(left);
  }

  mark(clientId, code) {
    this.store(this.entries().map((entry) => (entry.client_id === clientId ? Object.assign({}, entry, { code: code }) : entry)));
  }

  again(entry) {
    this.remove(entry.client_id);
    return this.add(entry.text);
  }

  async flush() {
    if (this.busy) return;
    this.busy = true;
    try {
      let entry = this.waiting();
      while (entry && (await this.one(entry))) entry = this.waiting();
    } finally {
      this.busy = false;
    }
  }

  waiting() {
    return this.entries().find((entry) => !entry.code);
  }

  // True to go on with the next one; false to wait for the line or for a pause to end.
  async one(entry) {
    try {
      const answer = await this.send(entry);
      this.pause = SHORTEST_S;
      this.remove(entry.client_id);
      this.changed(entry, answer);
      return true;
    } catch (refusal) {
      if (!refusal.code) throw refusal;
      return this.refused(entry, refusal);
    }
  }

  refused(entry, refusal) {
    if (FINAL.includes(refusal.code)) {
      this.mark(entry.client_id, refusal.code);
      this.changed(Object.assign({}, entry, { code: refusal.code }), null);
      return true;
    }
    if (!LINE.includes(refusal.code)) this.later(refusal.retry_after || this.pause);
    return false;
  }

  later(seconds) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), seconds * 1000 * (1 + Math.random() / 4));
    this.pause = Math.min(this.pause * 2, LONGEST_S);
  }
}
