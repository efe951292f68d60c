// Keys for the desk: j and k walk, o opens, others as the page says; silent while one writes.
import { kept, keep } from "./shelf.js";

function isWriting(target) {
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

function walk(step) {
  const rows = Array.from(document.querySelectorAll("[data-rows] a"));
  if (!rows.length) return;
  const here = rows.indexOf(document.activeElement);
  const start = here < 0 ? rows.findIndex((row) => row.hasAttribute("aria-current")) : here;
  rows[Math.max(0, Math.min(rows.length - 1, start + step))].focus();
}

function press(key) {
  const target = Array.from(document.querySelectorAll("[data-key]")).find((one) => one.dataset.key === key && !one.disabled);
  if (!target) return false;
  const opens = target.matches("a, summary, button[type=button]"); // a key alone never sends a form
  if (opens) target.click();
  else target.focus();
  return true;
}

export function keys() {
  if (document.documentElement.dataset.surface !== "desk") return;
  const choice = document.querySelector("[data-keys-on]");
  if (choice) {
    choice.checked = kept("keys") !== "off";
    choice.addEventListener("change", () => keep("keys", choice.checked ? "on" : "off"));
  }
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target) || kept("keys") === "off") return;
    if (event.key === "j" || event.key === "k") walk(event.key === "j" ? 1 : -1);
    else if (event.key === "o" && document.activeElement.matches("[data-rows] a")) document.activeElement.click();
    else if (!press(event.key)) return;
    event.preventDefault();
  });
}
