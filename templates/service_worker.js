{% load static %}// Keeps the offline page and what it is drawn with. No page of a person is kept here; a courier's own
// pages put their run into "run-…" themselves (static/js/run.js) and take it out at sign-out.
const KEPT = "portal-{{ version }}";
const OFFLINE = "{% url 'offline' %}";
const STATIC = "{% get_static_prefix %}";
const RUN = "run-";
const RUN_PAGES = "{% url 'delivery:pool' %}";
const A_SHIFT_MS = {{ shift_seconds }} * 1000; // a kept page dies with the session it came from
const PATIENCE_MS = 5000; // a stairwell that has a network and no answer

function drawnWith(text) {
  const found = text.match(/(?:href|src)="[^"#]+/g) || [];
  const addresses = found.map((part) => part.slice(part.indexOf('"') + 1));
  return Array.from(new Set(addresses.filter((address) => address.startsWith(STATIC))));
}

function keep() {
  return Promise.all([fetch(OFFLINE, { credentials: "omit" }), caches.open(KEPT)]).then(([page, cache]) =>
    page.clone().text().then((text) => Promise.all([cache.put(OFFLINE, page), cache.addAll(drawnWith(text))])));
}

function forgetOlder() {
  return caches.keys().then((names) =>
    Promise.all(names.filter((name) => name !== KEPT && !name.startsWith(RUN)).map((name) => caches.delete(name))));
}

function heldPage(request) {
  return caches.match(request, { ignoreSearch: true, ignoreVary: true }).then((page) => {
    if (!page) return undefined;
    return Date.now() - Number(page.headers.get("X-Run-Kept")) < A_SHIFT_MS ? page : undefined;
  });
}

// The server's page where it answers in time; else the one on this phone.
async function ofTheRun(request) {
  const held = await heldPage(request);
  if (!held) return fetch(request);
  const asked = fetch(request).then((page) => (page.status >= 500 ? held : page), () => held);
  const late = new Promise((resolve) => setTimeout(() => resolve(held), PATIENCE_MS));
  return Promise.race([asked, late]);
}

self.addEventListener("install", (event) => event.waitUntil(keep().then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(forgetOlder().then(() => self.clients.claim())));

self.addEventListener("fetch", (event) => {
  const request = event.request;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    const answer = url.pathname.startsWith(RUN_PAGES) ? ofTheRun(request) : fetch(request);
    event.respondWith(answer.catch(() => caches.match(OFFLINE)));
  } else if (url.pathname.startsWith(STATIC)) {
    event.respondWith(caches.match(request, { ignoreVary: true }).catch(() => undefined).then((kept) => kept || fetch(request)));
  }
});
