// One socket a tab: commands with answers, events for whoever listens, and back after every cut.
import { announce } from "./notices.js";

const PING_MS = 30000;
const ANSWER_MS = 15000;
const SHORTEST_MS = 500;
const LONGEST_MS = 15000;
const ENDED = { 4401: "signed_out", 4403: "no_right", 4409: "replaced" };

const listeners = new Map();
const unanswered = new Map();
let socket = null;
let wanted = false;
let pause = SHORTEST_MS;
let failures = 0;
let number = 0;
let timer = 0;

export function on(type, listener) {
  if (!listeners.has(type)) listeners.set(type, []);
  listeners.get(type).push(listener);
}

function emit(type, event) {
  (listeners.get(type) || []).forEach((listener) => listener(event));
}

export function isOpen() {
  return Boolean(socket) && socket.readyState === WebSocket.OPEN;
}

export function tell(type, fields) {
  if (!isOpen()) return null;
  number += 1;
  socket.send(JSON.stringify(Object.assign({ type: type, id: number }, fields)));
  return number;
}

// Resolves with the answer; rejects with {code}: a code of the server, or "offline".
export function command(type, fields) {
  return new Promise((resolve, reject) => {
    const id = tell(type, fields);
    if (id === null) {
      reject({ code: "offline" });
      return;
    }
    const late = setTimeout(() => {
      unanswered.delete(id);
      reject({ code: "offline" });
      if (socket) lost({ code: 0 }, socket);
    }, ANSWER_MS);
    unanswered.set(id, { resolve: resolve, reject: reject, late: late });
  });
}

function heard(text) {
  const frame = JSON.parse(text);
  const asker = frame.id === undefined || frame.id === null ? null : unanswered.get(frame.id);
  if (asker) {
    clearTimeout(asker.late);
    unanswered.delete(frame.id);
    pause = SHORTEST_MS; // progress, not merely an open door
    failures = 0;
    if (frame.type === "error") asker.reject(frame);
    else asker.resolve(frame);
  } else if (frame.type === "notice") {
    announce(frame.text, frame.url);
  } else if (frame.type === "reload") {
    setTimeout(() => { if (socket) socket.close(); }, Math.random() * 1000 * (frame.within || 5));
  } else {
    emit(frame.type, frame);
  }
}

function lost(event, which) {
  if (which !== socket) return;
  socket = null;
  which.onclose = null;
  which.close();
  unanswered.forEach((asker) => { clearTimeout(asker.late); asker.reject({ code: "offline" }); });
  unanswered.clear();
  failures += 1;
  if (ENDED[event.code]) {
    wanted = false;
    emit("ended", ENDED[event.code]);
    return;
  }
  emit("down", failures);
  clearTimeout(timer);
  timer = setTimeout(connect, pause * (0.5 + Math.random() / 2));
  pause = Math.min(pause * 2, LONGEST_MS);
}

function connect() {
  clearTimeout(timer);
  if (!wanted || socket) return;
  const scheme = location.protocol === "https:" ? "wss://" : "ws://";
  const mine = new WebSocket(scheme + location.host + "/live/");
  socket = mine;
  mine.onopen = () => emit("open");
  mine.onmessage = (event) => heard(event.data);
  mine.onclose = (event) => lost(event, mine);
}

function soon() {
  if (!wanted) return;
  if (isOpen()) command("ping", {}).catch(() => undefined);
  else if (!socket) connect();
}

// Asked for by each module that needs it; the first one opens the socket.
export function live() {
  if (wanted) return;
  wanted = true;
  connect();
  setInterval(soon, PING_MS);
  window.addEventListener("online", soon);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) soon(); });
}
