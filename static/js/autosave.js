// A form that saves itself while one writes; what is not saved yet stays on the device.
import { clock, word } from "./words.js";

const PAUSE_MS = 1500;
const AGAIN_MS = 10000;

function follow(form) {
  const place = form.querySelector("[data-autosave-state]");
  let timer = 0;
  let running = false;
  let dirty = false;

  function say(text) {
    if (place) place.textContent = text;
  }

  function later(pause) {
    clearTimeout(timer);
    timer = setTimeout(save, pause);
  }

  async function save() {
    if (running) return later(PAUSE_MS);
    running = true;
    dirty = false;
    say(word("saving"));
    try {
      const headers = { "X-Requested-With": "fetch", "Accept": "text/plain" };
      const answer = await fetch(form.dataset.autosave, { method: "POST", body: new FormData(form), credentials: "same-origin", redirect: "error", headers: headers });
      if (answer.ok) say(word("saved") + " " + clock(Date.now()));
      else if (answer.status === 409 || answer.status === 422) say((await answer.text()).slice(0, 300));
      else throw new Error(String(answer.status));
    } catch (cut) {
      dirty = true;
      say(word("not_saved"));
    }
    running = false;
    return dirty ? later(AGAIN_MS) : undefined;
  }

  form.addEventListener("input", () => { dirty = true; later(PAUSE_MS); });
  form.addEventListener("submit", () => { dirty = false; clearTimeout(timer); });
  window.addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });
}

export function autosave() {
  document.querySelectorAll("form[data-autosave]").forEach(follow);
}
