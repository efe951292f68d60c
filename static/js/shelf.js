// What this device keeps for a person until it is sent; emptied when they sign out.

const PREFIX = "kept:";
const person = document.documentElement.dataset.person || "";
const memory = new Map(); // where the browser keeps nothing (private windows, full disks)

function full(name) {
  return PREFIX + person + ":" + name;
}

export function keep(name, value) {
  const text = JSON.stringify(value);
  memory.set(full(name), text);
  try {
    localStorage.setItem(full(name), text);
  } catch (refusal) {
    memory.set(full(name), text);
  }
}

export function kept(name) {
  let text = null;
  try {
    text = localStorage.getItem(full(name));
  } catch (refusal) {
    text = null;
  }
  text = text || memory.get(full(name));
  return text ? JSON.parse(text) : null;
}

export function drop(name) {
  memory.delete(full(name));
  try {
    localStorage.removeItem(full(name));
  } catch (refusal) {
    return;
  }
}

export function names(prefix) {
  const start = full(prefix);
  const all = new Set(memory.keys());
  try {
    Object.keys(localStorage).forEach((key) => all.add(key));
  } catch (refusal) {
    all.add(start);
  }
  return Array.from(all).filter((key) => key.startsWith(start)).map((key) => key.slice(full("").length));
}

function forget(isMine) {
  try {
    Object.keys(localStorage)
      .filter((key) => key.startsWith(PREFIX) && !isMine(key))
      .forEach((key) => localStorage.removeItem(key));
  } catch (refusal) {
    memory.clear();
  }
}

// Two people on one telephone: the second finds nothing of the first.
export function shelf() {
  if (person) forget((key) => key.startsWith(full("")));
  document.addEventListener("submit", (event) => {
    if (event.target.closest("[data-sign-out]")) forget(() => false);
  });
}
