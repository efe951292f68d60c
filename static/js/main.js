// Everything hangs on data- attributes; without script the same pages are forms and links.
import { shelf } from "./shelf.js";
import { once } from "./once.js";
import { notices } from "./notices.js";
import { size } from "./size.js";
import { draft } from "./draft.js";
import { fill } from "./fill.js";
import { read } from "./read.js";

shelf();
draft();
once();
notices();
size();
fill();
read();

if ("serviceWorker" in navigator && window.isSecureContext) {
  navigator.serviceWorker.register("/service-worker.js").catch(() => undefined);
}
