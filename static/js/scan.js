// The camera reads the parcel's number where the browser can; the number can always be typed.

const EVERY_MS = 200;
const KINDS = ["qr_code", "code_128", "code_39", "ean_13", "data_matrix"];

async function detector() {
  const known = await window.BarcodeDetector.getSupportedFormats();
  const kinds = KINDS.filter((kind) => known.includes(kind));
  return new window.BarcodeDetector({ formats: kinds.length ? kinds : known });
}

function stop(view) {
  if (view.stream) view.stream.getTracks().forEach((track) => track.stop());
  view.stream = null;
  clearTimeout(view.timer);
}

async function look(view, eye, found) {
  if (!view.stream) return;
  const codes = await eye.detect(view.video).catch(() => []); // a frame that is not there yet
  if (codes.length) found(codes[0].rawValue.trim());
  else view.timer = setTimeout(() => look(view, eye, found), EVERY_MS);
}

async function open(place, field) {
  const dialog = place.querySelector("dialog");
  const view = { video: dialog.querySelector("video"), stream: null };
  const eye = await detector();
  view.stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  view.video.srcObject = view.stream;
  dialog.addEventListener("close", () => stop(view), { once: true });
  dialog.showModal();
  view.video.play().catch(() => undefined); // the dialog was closed meanwhile
  look(view, eye, (code) => {
    field.value = code;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    if (navigator.vibrate) navigator.vibrate(80);
    dialog.close();
    field.focus();
  });
}

export function scan(root) {
  if (!window.BarcodeDetector || !navigator.mediaDevices || !HTMLDialogElement.prototype.showModal) return;
  root.querySelectorAll("[data-scan]").forEach((place) => {
    const field = document.getElementById(place.dataset.scan);
    const button = place.querySelector("[data-scan-open]");
    const refused = place.querySelector("[data-scan-refused]");
    place.hidden = false;
    place.querySelector("[data-scan-close]").addEventListener("click", () => place.querySelector("dialog").close());
    button.addEventListener("click", () => {
      refused.hidden = true;
      open(place, field).catch(() => { refused.hidden = false; field.focus(); });
    });
  });
}
