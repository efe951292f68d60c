// The pages of the courier's own run, kept on the phone for a stairwell without a network.
// The server names them; what it names no more is deleted, and everything goes at sign-out.
import { person } from "./pouch.js";

const PREFIX = "run-";
const NAME = PREFIX + person;
const VERSION = "X-Run-Version";
const KEPT = "X-Run-Kept"; // when, by this phone's clock: service_worker.js shows no page of an older shift
const AT_ONCE = 3;
let left = false; // signed out: what is still on its way here is not kept

export function canKeep() {
  return Boolean(person && window.caches && window.isSecureContext);
}

// Signed out, another person at this phone, or no courier any more: nothing stays.
export function forget(mine) {
  if (!mine) left = true;
  if (!window.caches) return Promise.resolve();
  return caches.keys().then((names) =>
    Promise.all(names.filter((name) => name.startsWith(PREFIX) && !(mine && name === NAME)).map((name) => caches.delete(name))));
}

function path(url) {
  return new URL(url, location.href).pathname;
}

async function keepPage(cache, page) {
  const held = await cache.match(page.url);
  if (held && held.headers.get(VERSION) === page.version) return;
  const answer = await fetch(page.url, { credentials: "same-origin", redirect: "error", headers: { "Accept": "text/html", "X-Requested-With": "fetch" } });
  if (!answer.ok || left) return;
  const headers = new Headers(answer.headers);
  headers.set(VERSION, page.version);
  headers.set(KEPT, String(Date.now()));
  const kept = new Response(await answer.blob(), { status: 200, headers: headers });
  await cache.put(page.url, kept).catch((failure) => { if (!left) throw failure; });
}

// What this page is drawn with: its styles, scripts and pictures, by their own names.
async function keepDrawing(cache, prefix) {
  const drawn = performance.getEntriesByType("resource").map((entry) => path(entry.name)).filter((name) => name.startsWith(prefix));
  const here = Array.from(new Set(drawn));
  for (const name of here) {
    if (!(await cache.match(name))) await cache.add(name).catch(() => undefined);
  }
}

async function dropOthers(cache, pages, prefix) {
  const named = new Set(pages.map((page) => path(page.url)));
  const held = await cache.keys();
  await Promise.all(held.filter((one) => !path(one.url).startsWith(prefix) && !named.has(path(one.url))).map((one) => cache.delete(one)));
}

async function keepAll(told, prefix) {
  const cache = await caches.open(NAME);
  await dropOthers(cache, told.pages, prefix);
  const left = told.pages.slice();
  const lane = async () => { while (left.length) await keepPage(cache, left.shift()); };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  await keepDrawing(cache, prefix);
}

// True when everything of the run is on this phone; false without a line (what is kept stays).
export async function keepRun(place) {
  if (!canKeep()) return false;
  let answer;
  try {
    answer = await fetch(place.dataset.run, { credentials: "same-origin", redirect: "error", headers: { "Accept": "application/json" } });
    if (answer.status === 404) await forget(false);
    if (!answer.ok) return false;
    await keepAll(await answer.json(), place.dataset.static);
    return true;
  } catch (failure) {
    if (left || failure instanceof TypeError) return false; // signed out meanwhile, or no line
    throw failure;
  }
}
