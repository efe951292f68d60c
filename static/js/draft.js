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

// A draft that was sent is dropped on the next page, unless that page says the sending failed.
export function draft() {
  const failed = "keepDrafts" in document.documentElement.dataset;
  names("draft:").forEach((name) => {
    const one = kept(name);
    if (!one || !one.sent) return;
    if (failed) keep(name, { values: one.values, sent: false });
    else drop(name);
  });
  document.querySelectorAll("form[data-draft]").forEach(follow);
}
