// Where one writes: text at once, pictures and voice beside it; half-written words survive a reload.
import { tell } from "./live.js";
import { drop, keep, kept } from "./shelf.js";
import { Uploads } from "./upload.js";
import { voice } from "./voice.js";

const TYPING_MS = 2000;

export class Composer {
  constructor(form, say, arrived) {
    this.form = form;
    this.say = say;
    this.field = form.querySelector("textarea[name=text]");
    this.name = "half:" + form.dataset.encounter;
    this.uploads = new Uploads(form, arrived);
    this.told = 0;
    if (!this.field) return;
    this.field.value = this.field.value || kept(this.name) || "";
    this.grow();
    this.listen();
    voice(form, (file) => this.uploads.add([file]));
  }

  listen() {
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.field.addEventListener("input", () => this.changed());
    this.field.addEventListener("keydown", (event) => {
      const sends = event.key === "Enter" && (event.ctrlKey || event.metaKey);
      if (!sends || event.isComposing) return;
      event.preventDefault();
      this.submit();
    });
    document.querySelectorAll("[data-phrase]").forEach((button) => {
      button.addEventListener("click", () => this.edit((this.field.value + " " + button.dataset.phrase).trim()));
    });
  }

  submit() {
    const text = this.field.value.trim();
    if (text) this.say(text);
    this.uploads.send();
    this.field.value = "";
    drop(this.name);
    this.grow();
    this.field.focus();
  }

  changed() {
    if (this.field.value) keep(this.name, this.field.value);
    else drop(this.name);
    this.grow();
    if (this.field.value && Date.now() - this.told > TYPING_MS) {
      this.told = Date.now();
      tell("consult.typing", { encounter: this.form.dataset.encounter });
    }
  }

  edit(text) {
    this.field.value = text;
    this.changed();
    this.field.focus();
  }

  retry() {
    this.uploads.retry();
  }

  grow() {
    this.field.rows = 1;
    while (this.field.rows < 5 && this.field.scrollHeight > this.field.clientHeight) this.field.rows += 1;
  }
}
