{% load static %}// Keeps the offline page and what it is drawn with; a page of a person is never kept.
const KEPT = "portal-{{ version }}";
const OFFLINE = "{% url 'offline' %}";
const STATIC = "{% get_static_prefix %}";

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
    Promise.all(names.filter((name) => name !== KEPT).map((name) => caches.delete(name))));
}

self.addEventListener("install", (event) => event.waitUntil(keep().then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(forgetOlder().then(() => self.clients.claim())));

self.addEventListener("fetch", (event) => {
  const request = event.request;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(() => caches.match(OFFLINE)));
  } else if (url.pathname.startsWith(STATIC)) {
    event.respondWith(caches.match(request).then((kept) => kept || fetch(request)));
  }
});
