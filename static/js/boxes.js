// Codes by a hand scanner (it types and presses Enter) or by the camera, where the browser can.
const FORMATS = ["code_128", "ean_13", "data_matrix", "qr_code"];
const LOOK_MS = 250;
const fields = () => [...document.querySelectorAll("input[data-box]")];

function next(field) {
  const all = fields();
  const other = all.slice(all.indexOf(field) + 1).find((one) => !one.value);
  if (other) other.focus();
  return other;
}

function take(code) {
  const words = code.trim();
  const known = fields().some((one) => one.value === words);
  const place = fields().find((one) => !one.value);
  if (!words || known || !place) return;
  place.value = words;
  place.dispatchEvent(new Event("change", { bubbles: true }));
  next(place);
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches("input[data-box]")) return;
  event.preventDefault(); // a scanner's Enter ends a code, it never sends the form
  next(event.target);
});

async function look(video, detector, stopped) {
  while (!stopped()) {
    const found = await detector.detect(video).catch(() => []);
    found.forEach((one) => take(one.rawValue));
    if (!fields().some((one) => !one.value)) return;
    await new Promise((wake) => setTimeout(wake, LOOK_MS));
  }
}

async function scan(button, place) {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } }).catch(() => null);
  if (!stream) {
    button.hidden = true; // not allowed: the codes are typed
    return;
  }
  const video = document.createElement("video");
  video.className = "scanner";
  video.muted = true;
  video.setAttribute("playsinline", "");
  video.srcObject = stream;
  place.replaceChildren(video);
  let ended = false;
  const stop = () => {
    ended = true;
    stream.getTracks().forEach((track) => track.stop());
    place.replaceChildren();
    button.setAttribute("aria-pressed", "false");
  };
  button.setAttribute("aria-pressed", "true");
  button.addEventListener("click", stop, { once: true });
  window.addEventListener("pagehide", stop, { once: true });
  await video.play();
  await look(video, new window.BarcodeDetector({ formats: FORMATS }), () => ended);
  if (!ended) stop();
}

const button = document.querySelector("[data-camera]");
if (button && "BarcodeDetector" in window && navigator.mediaDevices) {
  button.hidden = false;
  button.addEventListener("click", () => {
    if (button.getAttribute("aria-pressed") !== "true") scan(button, document.querySelector("[data-camera-picture]"));
  });
}
