// Scripts take the courier's page away only through here, and never before a sign-out.
import { announce } from "./notices.js";
import { unsent } from "./pouch.js";
import { word } from "./words.js";

const SETTLES_MS = 1000;
const CHOSEN = ["radio", "checkbox", "submit"];
let settles = 0;
let stays = false;
let held = null;

function go(deed) {
  if (stays) held = deed;
  else deed();
}

export function turnTo(address) {
  go(() => location.assign(address));
}

export function drawAnew() {
  go(() => location.reload());
}

// Drawn once for all that comes together.
export function drawSoon() {
  if (!settles) settles = setTimeout(settled, SETTLES_MS);
}

// While the courier signs out nothing else takes the page away; what would have waits.
export function stay() {
  stays = true;
}

export function stayNoMore() {
  stays = false;
  if (held) held();
}

function isTypedIn() {
  const fields = document.querySelectorAll("[data-later] input:not([type=hidden])");
  return Array.from(fields).some((field) => field.value && !CHOSEN.includes(field.type));
}

// Never under a hand that works.
async function settled() {
  settles = 0;
  if (document.querySelector("[data-taking]") || (await unsent())) return;
  if (isTypedIn()) announce(word("run_changed"), location.pathname);
  else drawAnew();
}
