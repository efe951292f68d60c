// Long conversations: older messages come when they are asked for.
import { getMessages } from "./plain.js";
import { element, word } from "./words.js";

export function older(form, bubbles) {
  const link = bubbles.list.querySelector(".messages__older, .messages__more"); // the way without script
  if (link) link.remove();
  if (bubbles.first() <= 1) return;
  const log = bubbles.list.closest("[role=log]");
  const item = element("li", "messages__older");
  const button = element("button", "button button--small", word("older"));
  button.type = "button";
  item.append(button);
  bubbles.list.prepend(item);

  async function more() {
    button.disabled = true;
    log.setAttribute("aria-live", "off"); // old messages are no news
    const anchor = item.nextElementSibling;
    const before = anchor.getBoundingClientRect().top;
    try {
      const page = await getMessages(form, { before: bubbles.first() });
      page.messages.forEach((message) => bubbles.put(message));
      anchor.scrollIntoView({ block: "start" });
      window.scrollBy(0, anchor.getBoundingClientRect().top - before);
      button.textContent = word("older");
      if (bubbles.first() <= 1 || !page.messages.length) item.remove();
    } catch (refusal) {
      if (!refusal.code) throw refusal;
      button.textContent = word("unavailable") + " " + word("again");
    }
    button.disabled = false;
    setTimeout(() => log.setAttribute("aria-live", "polite"), 1000);
  }

  button.addEventListener("click", more);
}
