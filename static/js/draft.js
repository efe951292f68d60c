// Words typed into a form stay on this device until they have arrived.
import { drop, keep, kept, names } from "./shelf.js";

const TEXT = "textarea, input:not([type=hidden]):not([type=password]):not([type=file]):not([type=radio]):not([type=checkbox])";

function fields(form) {
  return Array.from(form.querySelectorAll(TEXT)).filter((field) => field.name && field.autocomplete !== "one-time-code");
}

function follow(form) {
  const name = "draft:" + form.dataset.draft;
  const before = kept(name);
  if (before && !before.sent) {
    fields(form).forEach((field) => { if (!field.value && before.values[field.name]) field.value = before.values[field.name]; });
  }
  const store = (sent) => {
    const values = {};
    fields(form).forEach((field) => { if (field.value) values[field.name] = field.value; });
    keep(name, { values: values, sent: sent });
  };
  form.addEventListener("input", () => store(false));
  form.addEventListener("submit", () => store(true));
}

// A draft that was sent is dropped on the next page; a page of failure (failed.js) takes the mark off before.
export function draft() {
  names("draft:").filter((name) => kept(name).sent).forEach(drop);
  document.querySelectorAll("form[data-draft]").forEach(follow);
}
