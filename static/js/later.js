// A deed at a door without a network: kept first, sent in order when there is a line, answered one by one.
import { change, entries, keep } from "./pouch.js";
import { uuid, word } from "./words.js";

const SHORTEST_S = 4;
const LONGEST_S = 60;
const PATIENCE_MS = 20000;
const AGAIN = [408, 425, 429];
const SIGNED_OUT = [401, 403];
export const NOT_KEPT = new Error("this phone keeps nothing");

function token() {
  const found = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
  return found ? found[1] : "";
}

function body(entry) {
  const form = new FormData();
  entry.fields.forEach((field) => form.append(field[0], field[1]));
  form.set("client_id", entry.client_id);
  form.set("done_at", entry.at);
  return form;
}

// The server's answer, or {line: why} when it has not decided: nothing is lost, the same id is sent again.
async function ask(entry) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE_MS);
  const headers = { "Accept": "application/json", "X-CSRFToken": token() };
  try {
    const answer = await fetch(entry.url, {
      method: "POST", body: body(entry), headers: headers, credentials: "same-origin", redirect: "error", signal: stop.signal,
    });
    const isJson = (answer.headers.get("Content-Type") || "").includes("json");
    const told = isJson ? await answer.json() : {};
    if (SIGNED_OUT.includes(answer.status)) return { line: "signed_out" };
    if (answer.status >= 500 || AGAIN.includes(answer.status)) return { line: "busy", wait: Number(answer.headers.get("Retry-After") || 0) };
    if (answer.ok && !isJson) return { line: "busy" }; // a hotel's sign-in page is no answer
    return { ok: answer.ok, status: answer.status, told: told };
  } catch (failure) {
    return { line: "offline" };
  } finally {
    clearTimeout(timer);
  }
}

// Two tabs do not send at once; where a browser has no locks, the server knows the id and answers the same.
function alone(work) {
  return navigator.locks ? navigator.locks.request("pouch", work) : work();
}

export class Later {
  // `changed(line)` draws again; `line` is "" or why nothing is sent at the moment.
  constructor(changed) {
    this.changed = changed;
    this.pause = SHORTEST_S;
    this.line = "";
  }

  async add(entry) {
    const kept = await keep(Object.assign({ client_id: uuid() }, entry)).catch(() => { throw NOT_KEPT; });
    await this.changed(this.line);
    await this.flush();
    const now = await entries();
    return now.find((one) => one.order === kept.order) || kept;
  }

  flush() {
    if (!this.run) this.run = alone(() => this.all()).then(() => { this.run = null; }, (failure) => { this.run = null; throw failure; });
    else this.run = this.run.then(() => { this.run = null; return this.flush(); });
    return this.run;
  }

  async all() {
    const waiting = (await entries()).filter((entry) => entry.state === "kept");
    let line = "";
    for (let at = 0; at < waiting.length && !line; at += 1) line = await this.one(waiting[at]);
    this.line = line;
    if (line && line !== "signed_out") this.later();
    else this.pause = SHORTEST_S;
    await this.changed(line);
  }

  async one(entry) {
    const answer = await ask(entry);
    if (answer.line) {
      this.pause = answer.wait || this.pause;
      return answer.line;
    }
    await change(Object.assign({}, entry, {
      state: answer.ok ? "accepted" : "refused",
      sentence: answer.told.sentence || word(answer.status === 404 ? "not_yours" : "not_taken"),
      next: answer.told.next || "",
      answered: answer.told.as_of || new Date().toISOString(),
      fields: [], // the server has it or will never take it: no name, no picture stays here
    }));
    return "";
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), this.pause * 1000 * (1 + Math.random() / 4));
    this.pause = Math.min(this.pause * 2, LONGEST_S);
  }
}
