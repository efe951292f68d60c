// Pictures and voice: chosen, shown, sent with a bar; sent again under the same number when cut.
import { answerOf } from "./plain.js";
import { element, uuid, word } from "./words.js";

export class Uploads {
  constructor(form, arrived) {
    this.form = form;
    this.arrived = arrived;
    this.place = form.querySelector("[data-preview]");
    this.input = form.querySelector("input[type=file]");
    this.items = [];
    if (this.input) this.input.addEventListener("change", () => this.choose());
  }

  choose() {
    this.add(Array.from(this.input.files), true);
    this.input.value = "";
  }

  // Pictures wait for "send" so that one can look at them first; a spoken message goes at once.
  add(files, waits) {
    files.forEach((file) => {
      const item = { client_id: uuid(), file: file, row: element("div", "dock__item"), state: "chosen" };
      this.items.push(item);
      this.draw(item);
    });
    if (!waits) this.send();
  }

  draw(item) {
    this.place.hidden = false;
    if (item.file.type.startsWith("image/")) {
      const picture = element("img");
      picture.src = URL.createObjectURL(item.file);
      picture.alt = item.file.name;
      item.row.append(picture);
    } else item.row.append(element("span", "", item.file.name || word("voice")));
    item.bar = element("progress");
    item.bar.max = 1;
    item.bar.hidden = true;
    item.bar.setAttribute("aria-label", word("uploading"));
    item.line = element("span", "dock__line");
    item.line.setAttribute("role", "status");
    item.again = this.button(word("again"), () => this.one(item));
    item.again.hidden = true;
    item.row.append(item.bar, item.line, item.again, this.button(word("remove"), () => this.remove(item)));
    this.place.append(item.row);
  }

  button(label, act) {
    const button = element("button", "button button--small", label);
    button.type = "button";
    button.addEventListener("click", act);
    return button;
  }

  remove(item) {
    if (item.request) item.request.abort();
    this.items = this.items.filter((other) => other !== item);
    item.row.remove();
    this.place.hidden = !this.items.length;
  }

  send() {
    this.items.filter((item) => item.state === "chosen").forEach((item) => this.one(item));
  }

  retry() {
    this.items.filter((item) => item.state === "cut").forEach((item) => this.one(item));
  }

  one(item) {
    if (item.state === "sending") return;
    item.state = "sending";
    item.again.hidden = true;
    item.bar.hidden = false;
    item.line.textContent = word("uploading");
    const request = new XMLHttpRequest();
    item.request = request;
    request.open("POST", this.form.action);
    request.setRequestHeader("Accept", "application/json");
    request.upload.onprogress = (event) => { if (event.lengthComputable) item.bar.value = event.loaded / event.total; };
    request.onload = () => this.answered(item, request);
    request.onerror = () => this.cut(item, "cut", word("upload_failed"));
    request.send(this.body(item));
  }

  body(item) {
    const body = new FormData();
    body.set("csrfmiddlewaretoken", this.form.querySelector("[name=csrfmiddlewaretoken]").value);
    body.set("client_id", item.client_id);
    body.set(item.file.type.startsWith("audio/") ? "voice" : "pictures", item.file);
    return body;
  }

  async answered(item, request) {
    const headers = { "Content-Type": request.getResponseHeader("Content-Type") || "" };
    try {
      await answerOf(new Response(request.responseText, { status: request.status, headers: headers }));
      this.remove(item);
      this.arrived().catch(() => undefined); // the next catch-up brings it
    } catch (refusal) {
      const again = !refusal.code || ["unavailable", "rate_limited"].includes(refusal.code);
      this.cut(item, again ? "cut" : "refused", refusal.message || word("upload_failed"));
    }
  }

  cut(item, state, sentence) {
    item.state = state;
    item.bar.hidden = true;
    item.bar.value = 0;
    item.line.textContent = sentence;
    item.again.hidden = state === "refused";
  }
}
