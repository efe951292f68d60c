// What was missed: everything after what is held, page by page, over the socket or by plain requests.
import { command, isOpen } from "./live.js";
import { getMessages } from "./plain.js";

export async function catchUp(room) {
  let view = { more: true };
  while (view.more || room.known < room.newest) {
    const after = room.known;
    view = isOpen() && !room.poller.runs
      ? await command("consult.open", { encounter: room.encounter, after: after })
      : await getMessages(room.form, { after: after });
    view.messages.forEach((message) => room.put(message));
    if (room.known === after) break;
  }
  return view;
}
