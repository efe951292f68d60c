// What the courier sees of the pouch: how many are not sent yet, and every answer of the server.
import { change, drop, entries } from "./pouch.js";
import { clock, element, icon, word } from "./words.js";

const SIGNS = { kept: "clock", accepted: "check", refused: "warning" };
const READ_WITHIN_MS = 20 * 1000; // a good answer goes with the next page once it stood there this long

function isDoor(entry) {
  return entry.kind === "hand-over";
}

function row(entry) {
  const line = element("li", "pouch__row pouch__row--" + entry.state);
  const words = element("span", "pouch__words");
  words.append(element("strong", "numbers", clock(entry.at) + " · " + entry.number + " "));
  words.append(entry.state === "kept" ? entry.what + ": " + word("kept_here") : entry.sentence);
  if (isDoor(entry) && entry.state !== "accepted") words.append(" " + word(entry.state === "kept" ? "not_checked" : "left_there"));
  line.append(icon(SIGNS[entry.state]), words);
  if (entry.state === "refused" && entry.page) {
    const open = element("a", "button button--small", word("open"));
    open.href = entry.page;
    line.append(open);
  }
  return line;
}

function headline(place, unsent, line) {
  const count = place.querySelector("[data-pouch-count]");
  const text = unsent ? word("not_sent") + " " + unsent : line === "offline" ? word("no_network") : "";
  if (count.textContent !== text) count.textContent = text;
  place.querySelector("[data-pouch-line]").textContent = unsent && line ? word("line_" + line) : "";
  place.querySelector("[data-pouch-sign-in]").hidden = line !== "signed_out";
  place.querySelector("[data-pouch-send]").hidden = !unsent || line === "signed_out";
}

function isOld(entry) {
  return entry.state === "accepted" && entry.shown && Date.now() - entry.shown > READ_WITHIN_MS;
}

async function readNow(all) {
  if (document.hidden) return;
  await Promise.all(all.filter((entry) => entry.state !== "kept" && !entry.shown).map((entry) => change(Object.assign(entry, { shown: Date.now() }))));
}

export async function draw(place, line) {
  const found = await entries();
  await Promise.all(found.filter(isOld).map(drop));
  const all = found.filter((entry) => !isOld(entry));
  const unsent = all.filter((entry) => entry.state === "kept").length;
  headline(place, unsent, line);
  const list = place.querySelector("[data-pouch-list]");
  list.textContent = "";
  all.slice().reverse().forEach((entry) => list.append(row(entry)));
  place.querySelector("[data-pouch-seen]").hidden = all.length === unsent;
  place.hidden = !all.length && line !== "offline";
  place.classList.toggle("pouch--waiting", unsent > 0);
  await readNow(all);
  return all;
}

export function seen() {
  return entries().then((all) => Promise.all(all.filter((entry) => entry.state !== "kept").map(drop)));
}

function counts(entry, drawn) {
  return entry.state === "kept" || (entry.state === "accepted" && new Date(entry.answered) > new Date(drawn));
}

function isNamed(part, hook, here) {
  const kinds = part.dataset[hook].split(" ");
  return here.some((entry) => kinds.includes(entry.kind));
}

// A page drawn before the deed shows what came of it: the step is done here, the next one opens.
export function mark(all) {
  document.querySelectorAll("[data-parcel]").forEach((place) => {
    const here = all.filter((entry) => entry.parcel === place.dataset.parcel && counts(entry, place.dataset.asOf));
    place.querySelectorAll("[data-until]").forEach((part) => { part.hidden = isNamed(part, "until", here); });
    place.querySelectorAll("[data-after]").forEach((part) => { part.hidden = !isNamed(part, "after", here) || (part.dataset.until && isNamed(part, "until", here)); });
    const note = place.querySelector("[data-kept-note]");
    const last = here[here.length - 1];
    note.hidden = !last;
    if (last) note.textContent = last.what + ": " + word(last.state === "kept" ? "kept_here" : "arrived") + (last.state === "kept" && isDoor(last) ? " " + word("not_checked") : "");
  });
}
