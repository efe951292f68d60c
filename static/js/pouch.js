// The courier's pouch: what this phone keeps until the server has it, and what the server answered.
// IndexedDB outlives a killed tab; its own counter keeps the order. Only the same person reads it again.

const NAME = "pouch";
const STORE = "kept";
const LONGEST_MS = 24 * 60 * 60 * 1000; // somebody else's pouch on a shared phone is emptied after a day

export const person = document.documentElement.dataset.person || "";

function opened() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "order", autoIncrement: true });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

// Resolves when the browser has written it down, not before.
function deal(mode, work) {
  return opened().then((base) => new Promise((resolve, reject) => {
    const under = base.transaction(STORE, mode, { durability: "strict" });
    const asked = work(under.objectStore(STORE));
    under.oncomplete = () => { base.close(); resolve(asked.result); };
    under.onabort = () => { base.close(); reject(under.error); };
  }));
}

export function keep(entry) {
  const whole = Object.assign({ person: person, state: "kept", at: new Date().toISOString() }, entry);
  return deal("readwrite", (store) => store.add(whole)).then((order) => Object.assign({ order: order }, whole));
}

export function entries() {
  return deal("readonly", (store) => store.getAll()).then((all) => all.filter((entry) => entry.person === person));
}

export function unsent() {
  return entries().then((all) => all.filter((entry) => entry.state === "kept").length);
}

export function change(entry) {
  return deal("readwrite", (store) => store.put(entry));
}

export function drop(entry) {
  return deal("readwrite", (store) => store.delete(entry.order));
}

export function empty() {
  return new Promise((resolve) => {
    const asked = indexedDB.deleteDatabase(NAME);
    asked.onsuccess = asked.onerror = asked.onblocked = () => resolve();
  });
}

// What another person left unsent waits for them, unread, for a day at most.
export function tidy() {
  const eldest = new Date(Date.now() - LONGEST_MS).toISOString();
  return deal("readonly", (store) => store.getAll()).then((all) => {
    const old = all.filter((entry) => entry.person !== person && (entry.state !== "kept" || entry.at < eldest));
    return Promise.all(old.map(drop));
  });
}
