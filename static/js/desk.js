// The doctor's desk: the queue renews itself, keys walk through it, drafts save themselves.
import { refillOn } from "./fill.js";
import { command, live, on } from "./live.js";

const EVENTS = ["queue.changed", "queue.place", "consult.state", "consult.message", "parcel.changed"];

export function desk() {
  if (!document.querySelector("[data-fill-on], [data-live]")) return;
  EVENTS.forEach((type) => on(type, () => refillOn(type)));
  on("open", () => {
    if (document.querySelector('[data-fill-on~="queue.changed"]')) command("queue.watch", {}).catch(() => undefined); // the next "open" asks again
  });
  live();
}
