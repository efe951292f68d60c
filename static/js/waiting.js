// The waiting room: place, estimate and promise stay true without a tap.
import { command, live, on } from "./live.js";
import { renew } from "./once.js";
import { clock, word } from "./words.js";

function fillIn(section, name, text) {
  section.querySelectorAll("[data-" + name + "]").forEach((place) => { if (place.textContent !== text) place.textContent = text; });
}

export function waiting() {
  const section = document.querySelector("[data-waiting]");
  if (!section) return;
  const encounter = section.dataset.encounter;

  function placed(event) {
    if (event.encounter !== encounter) return;
    fillIn(section, "place", event.place > 1 ? word("place_before") + " " + (event.place - 1) : word("place_first"));
    if (event.estimate_minutes !== null && event.estimate_minutes !== undefined) fillIn(section, "estimate", String(event.estimate_minutes));
    if (event.promised) fillIn(section, "promised", clock(event.promised));
  }

  on("queue.place", placed);
  on("consult.state", (event) => {
    if (event.encounter === encounter && event.state !== section.dataset.waiting) renew();
  });
  on("open", () => command("queue.watch", {}).catch(() => undefined)); // the next "open" asks again
  live();
}
