// "Read to me": the device's own voice, beside headings and messages, where it has one.
import { element, icon, language, word } from "./words.js";

const able = "speechSynthesis" in window && document.documentElement.dataset.readAloud !== "off" &&
  document.documentElement.dataset.surface !== "desk";
let speaking = null;

function quiet() {
  window.speechSynthesis.cancel();
  if (speaking) {
    speaking.setAttribute("aria-pressed", "false");
    speaking.querySelector("[data-label]").textContent = word("listen");
  }
  speaking = null;
}

function speak(button, text) {
  const same = speaking === button;
  quiet();
  if (same) return;
  const utterance = new SpeechSynthesisUtterance(text);
  utterance.lang = language() === "zh-hans" ? "zh-CN" : language();
  utterance.rate = 0.9;
  utterance.onend = () => { if (speaking === button) quiet(); };
  speaking = button;
  button.setAttribute("aria-pressed", "true");
  button.querySelector("[data-label]").textContent = word("stop_listening");
  window.speechSynthesis.speak(utterance);
}

function words(place) {
  const copy = place.cloneNode(true);
  copy.querySelectorAll("button, .listen, form, template, [hidden], [aria-hidden=true]").forEach((part) => part.remove());
  return copy.textContent.replace(/\s+/g, " ").trim();
}

export function listenButton(place, isSmall) {
  const button = element("button", "listen");
  button.type = "button";
  button.setAttribute("aria-pressed", "false");
  const label = element("span", isSmall ? "visually-hidden" : "", word("listen"));
  label.dataset.label = "";
  button.append(icon("listen"), label);
  button.addEventListener("click", () => speak(button, words(place)));
  return button;
}

export function readable(message) {
  const foot = message.querySelector(".message__foot");
  const body = message.querySelector(".message__body");
  if (able && foot && body && !foot.querySelector(".listen")) foot.append(listenButton(body, true));
}

export function read() {
  if (!able) return;
  const heading = document.querySelector("main h1");
  if (heading) {
    const row = element("div", "heading");
    heading.before(row);
    row.append(heading, listenButton(heading.closest("[data-read]") || document.getElementById("main")));
  }
  document.querySelectorAll(".message").forEach(readable);
  window.addEventListener("pagehide", quiet);
}
