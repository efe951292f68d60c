// The words of the page: translated on the server, found here by name.

export function word(name) {
  const sources = Array.from(document.querySelectorAll("template[id^=words]"));
  const found = sources.map((source) => source.content.querySelector('[data-word="' + name + '"]')).find(Boolean);
  return found ? found.textContent : "";
}

export function language() {
  return document.documentElement.lang || "en";
}

export function clock(moment) {
  const zone = document.documentElement.dataset.zone;
  const options = { hour: "2-digit", minute: "2-digit", hour12: false };
  if (zone) options.timeZone = zone;
  return new Intl.DateTimeFormat(language(), options).format(new Date(moment));
}

export function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

export function icon(name) {
  const model = document.querySelector("svg.icon use");
  const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  drawing.setAttribute("class", "icon");
  drawing.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", model.getAttribute("href").split("#")[0] + "#" + name);
  drawing.append(use);
  return drawing;
}

export function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
