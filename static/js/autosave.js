// A form that saves itself while one writes; what is not saved yet stays on the device.
import { refillOn } from "./fill.js";
import { drop, keep, kept } from "./shelf.js";
import { clock, word } from "./words.js";

const PAUSE_MS = 1500;
const AGAIN_MS = 10000;

function isTicked(field) {
  return /^(radio|checkbox)$/.test(field.type);
}

function fields(form) {
  return Array.from(form.querySelectorAll("textarea, select, input:not([type=hidden]):not([type=file])")).filter((field) => field.name);
}

function key(field) {
  return isTicked(field) ? field.name + "=" + field.value : field.name;
}

// Only what was written here: the rest may be newer on the page that opens next.
function read(form, touched) {
  const values = {};
  fields(form).filter((field) => touched.has(key(field)))
    .forEach((field) => { values[key(field)] = isTicked(field) ? field.checked : field.value; });
  return values;
}

// What the server did not get before the tab was closed.
function restore(form, values) {
  fields(form).filter((field) => key(field) in values).forEach((field) => {
    if (isTicked(field)) field.checked = values[key(field)];
    else field.value = values[key(field)];
  });
}

function follow(form) {
  const name = "draft:auto:" + form.dataset.autosave;
  const place = form.querySelector("[data-autosave-state]");
  let timer = 0;
  let running = false;
  let dirty = false;
  let waiting = null; // the button that was pressed while a draft was on its way
  const touched = new Set();

  function say(text) {
    if (place) place.textContent = text;
  }

  function later(pause) {
    clearTimeout(timer);
    timer = setTimeout(save, pause);
  }

  function changed() {
    dirty = true;
    keep(name, { values: read(form, touched), sent: false });
    later(PAUSE_MS);
  }

  async function save() {
    if (running) return later(PAUSE_MS);
    running = true;
    dirty = false;
    say(word("saving"));
    try {
      const headers = { "X-Requested-With": "fetch", "Accept": "text/plain" };
      const answer = await fetch(form.dataset.autosave, { method: "POST", body: new FormData(form), credentials: "same-origin", redirect: "error", headers: headers });
      if (answer.ok && !dirty) {
        drop(name);
        touched.clear();
      }
      if (answer.ok) {
        if (form.elements.seen) form.elements.seen.value = answer.headers.get("X-Seen") || "";
        say(word("saved") + " " + clock(Date.now()));
        refillOn("note.saved"); // what hangs on the note: a prescription may be written now
      } else if (answer.status === 409 || answer.status === 422) say((await answer.text()).slice(0, 300));
      else throw new Error(String(answer.status));
    } catch (cut) {
      dirty = true;
      say(word("not_saved"));
    }
    running = false;
    if (waiting) {
      const button = waiting.by;
      waiting = null;
      return form.requestSubmit(button);
    }
    return dirty ? later(AGAIN_MS) : undefined;
  }

  form.addEventListener("input", (event) => {
    touched.add(key(event.target));
    changed();
  });
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    if (running) { // its answer says what this window has seen
      event.preventDefault();
      waiting = { by: event.submitter };
      return;
    }
    dirty = false;
    if (kept(name)) keep(name, { values: read(form, touched), sent: true }); // draft.js drops it when it arrived
  });
  window.addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });
  const before = kept(name);
  if (!before) return;
  Object.keys(before.values).forEach((each) => touched.add(each));
  restore(form, before.values);
  changed();
}

export function autosave() {
  document.querySelectorAll("form[data-autosave]").forEach(follow);
}
