// Everything hangs on data- attributes; without script the same pages are forms and links.
import { shelf } from "./shelf.js";
import { draft } from "./draft.js";
import { conversation } from "./conversation.js";
import { once } from "./once.js";
import { notices } from "./notices.js";
import { size } from "./size.js";
import { read } from "./read.js";
import { waiting } from "./waiting.js";
import { desk } from "./desk.js";
import { fill } from "./fill.js";
import { keys } from "./keys.js";
import { autosave } from "./autosave.js";
import { idle } from "./idle.js";

shelf();
draft();
conversation();
once();
notices();
size();
read();
waiting();
desk();
fill();
keys();
autosave();
idle();

if ("serviceWorker" in navigator && window.isSecureContext) {
  navigator.serviceWorker.register("/service-worker.js").catch(() => undefined);
}
