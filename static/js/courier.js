// The courier's pages: forms marked data-later go through the pouch; without script they are plain forms.
import { canKeep, forget, keepRun } from "./run.js";
import { couldBeRight } from "./digits.js";
import { draw, mark, seen } from "./panel.js";
import { drawAnew, drawSoon, stay, stayNoMore, turnTo } from "./turning.js";
import { empty, tidy, unsent } from "./pouch.js";
import { live, on } from "./live.js";
import { Later, NOT_KEPT } from "./later.js";
import { fieldsOf, pen } from "./pen.js";
import { scan } from "./scan.js";
import { word } from "./words.js";

const REFRESH_MS = 60000;
const place = document.querySelector("[data-pouch]");
let keepsOnPhone = true;

async function show(line) {
  mark(await draw(place, line));
}

const later = new Later(show);

function sentence(form, text) {
  const line = form.querySelector("[data-later-answer]");
  line.hidden = !text;
  line.textContent = text;
  if (text) line.scrollIntoView({ block: "center" });
}

function free(form) {
  delete form.dataset.taking;
  form.querySelectorAll("[data-busy]").forEach((button) => delete button.dataset.busy);
}

// True as soon as something is typed after the tap: then no answer may take the page away.
function typing() {
  const watch = { typed: false };
  document.addEventListener("input", () => { watch.typed = true; }, { once: true });
  return watch;
}

async function take(form, button) {
  const since = typing();
  const parcel = form.closest("[data-parcel]").dataset;
  const fields = await fieldsOf(form);
  if (button && button.name) fields.push([button.name, button.value]);
  const settled = await later.add({
    parcel: parcel.parcel, number: parcel.number, page: parcel.page,
    kind: form.dataset.later, what: form.dataset.what, url: form.action, fields: fields,
  });
  if (settled.state === "accepted" && !since.typed) turnTo(settled.next || parcel.page);
  else free(form);
  if (settled.state === "refused") sentence(form, settled.sentence);
}

// A code that cannot be right is asked for once more, before anybody leaves the door.
function asksAgain(form) {
  const field = form.querySelector("[name=code]");
  if (!field || couldBeRight(field.value) || form.dataset.doubted === field.value) return false;
  form.dataset.doubted = field.value;
  return true;
}

function submitted(event) {
  const form = event.target;
  if (!keepsOnPhone || !form.matches("[data-later]")) return;
  event.preventDefault();
  if (form.dataset.taking) return;
  form.dataset.taking = "yes";
  const button = event.submitter || form.querySelector("button:not([type=button])");
  if (button) button.dataset.busy = "";
  sentence(form, "");
  if (asksAgain(form)) {
    free(form);
    sentence(form, word("cannot_be"));
    return;
  }
  take(form, button).catch((failure) => {
    if (failure !== NOT_KEPT) throw failure;
    keepsOnPhone = false; // the disk is full: the next tap goes the plain way
    free(form);
    sentence(form, word("cannot_keep"));
  });
}

// Signing out empties the phone: what is not sent yet is sent first, or the courier decides.
async function leaving(event) {
  const form = event.target;
  if (!keepsOnPhone || !form.matches("[data-sign-out]") || form.dataset.empty) return;
  event.preventDefault();
  event.stopPropagation();
  stay();
  await later.flush();
  const left = await unsent();
  if (left && !window.confirm(word("leave_unsent") + " " + left)) return stayNoMore();
  await Promise.all([forget(false), empty()]);
  form.dataset.empty = "yes";
  form.querySelector("button").click();
}

async function refresh() {
  const before = await unsent();
  await later.flush();
  const isOld = "reload" in place.dataset && (await unsent()) < before;
  place.dataset.whole = (await keepRun(place)) ? "yes" : "no";
  if (isOld && place.dataset.whole === "yes") drawAnew();
}

// The centre changed something of this run.
function changed(event) {
  const shown = document.querySelector('[data-parcel="' + event.parcel + '"]');
  if (shown || "reload" in place.dataset) drawSoon();
}

async function begin() {
  document.addEventListener("submit", submitted, true);
  document.addEventListener("submit", leaving, true);
  pen(document);
  scan(document);
  await forget(true);
  keepsOnPhone = await tidy().then(() => true, () => false); // a private window: plain forms
  on("parcel.changed", changed);
  live();
  if (!keepsOnPhone) return;
  await show("");
  window.addEventListener("online", refresh);
  window.addEventListener("offline", () => show("offline"));
  document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
  place.querySelector("[data-pouch-send]").addEventListener("click", refresh);
  place.querySelector("[data-pouch-seen]").addEventListener("click", () => seen().then(() => show(later.line)));
  setInterval(refresh, REFRESH_MS);
  if (canKeep() && navigator.serviceWorker) await navigator.serviceWorker.ready;
  await refresh();
}

if (place && window.indexedDB) begin();
