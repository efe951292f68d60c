// Parts of a page that come later: one after the other, tried again when they fail.
import { element, word } from "./words.js";

const PAUSES_S = [1, 2, 4, 8, 15];
const queue = [];
let busy = false;

function isWriting(place) {
  const here = document.activeElement;
  return place.contains(here) && here.matches("input, textarea, select");
}

// The new part takes the place of the old one; who stood on a link of it stands there still.
function show(place, text) {
  const here = place.contains(document.activeElement) ? document.activeElement : null;
  const address = here ? here.id || here.getAttribute("href") : null;
  place.innerHTML = text;
  place.removeAttribute("aria-busy");
  const same = address && Array.from(place.querySelectorAll("[id], a")).find((one) => address === (one.id || one.getAttribute("href")));
  if (same) same.focus();
}

function unavailable(place) {
  place.removeAttribute("aria-busy");
  if (place.dataset.filled || place.querySelector(".unavailable")) return;
  place.querySelectorAll(".loading").forEach((line) => line.remove());
  const line = element("p", "unavailable", word("unavailable"));
  const again = element("button", "button button--small", word("again"));
  again.type = "button";
  again.addEventListener("click", () => { place.dataset.tries = "0"; line.remove(); refill(place); });
  line.append(again);
  place.append(line);
}

function signedOut(place) {
  place.textContent = "";
  place.append(element("p", "unavailable", word("signed_out")));
}

function later(place, seconds) {
  clearTimeout(place.fillTimer);
  place.fillTimer = setTimeout(() => refill(place), seconds * 1000);
}

function failed(place) {
  const tries = Number(place.dataset.tries || 0);
  place.dataset.tries = String(tries + 1);
  if (tries < PAUSES_S.length) later(place, PAUSES_S[tries] * (0.75 + Math.random() / 2));
  else unavailable(place);
}

// 200 is the part itself; 202 is what can be shown until the rest is there.
function arrived(place, answer) {
  if (answer.status === 401) return signedOut(place);
  if (answer.status >= 500 || answer.status === 429) return failed(place);
  return answer.text().then((text) => {
    if (!answer.ok) return unavailable(place);
    if (isWriting(place)) return later(place, 5);
    show(place, text);
    place.dataset.filled = "yes";
    const every = Number(place.dataset.fillEvery || 0);
    if (answer.status === 202) later(place, Number(answer.headers.get("Retry-After") || 2));
    else if (every) later(place, every);
    if (answer.status !== 202) place.dataset.tries = "0";
    return undefined;
  });
}

function next() {
  const place = queue.shift();
  busy = Boolean(place);
  if (!place) return;
  const headers = { "Accept": "text/html", "X-Requested-With": "fetch" };
  fetch(place.dataset.fill, { credentials: "same-origin", headers: headers, redirect: "error" })
    .then((answer) => arrived(place, answer), () => failed(place))
    .then(next, next);
}

export function refill(place) {
  if (!place.isConnected) return;
  place.setAttribute("aria-busy", "true");
  if (!queue.includes(place)) queue.push(place);
  if (!busy) next();
}

export function fill() {
  document.querySelectorAll("[data-fill]").forEach(refill);
}

// A live event that makes a part old: data-fill-on="queue.changed".
export function refillOn(type) {
  document.querySelectorAll('[data-fill-on~="' + type + '"]').forEach((place) => later(place, 0.3));
}
