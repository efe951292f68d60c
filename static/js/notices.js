// Notices stay until the person closes them; news from the server joins them.
import { element, icon, word } from "./words.js";

export function notices() {
  document.querySelectorAll("[data-dismiss]").forEach((button) => { button.hidden = false; });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-dismiss]");
    if (button) button.closest("[data-notice]").remove();
  });
  document.querySelectorAll("[data-focus]").forEach((place) => place.focus());
}

export function announce(text, url) {
  const place = document.querySelector("[data-notices]");
  if (!place) return;
  const notice = element("div", "notice notice--info");
  notice.dataset.notice = "";
  const words = element("div", "notice__words");
  words.append(element("p", "", text));
  if (url && url.startsWith("/")) {
    const link = element("a", "button", word("open"));
    link.href = url;
    words.append(link);
  }
  const close = element("button", "notice__close");
  close.type = "button";
  close.dataset.dismiss = "";
  close.setAttribute("aria-label", word("close"));
  close.append(icon("close"));
  notice.append(icon("info"), words, close);
  place.append(notice);
}
