// A spoken message of at most a minute, where the device and the address allow a microphone.
import { word } from "./words.js";

const LONGEST_MS = 60000;
const KINDS = ["audio/webm;codecs=opus", "audio/mp4"];

function kind() {
  if (!window.MediaRecorder || !navigator.mediaDevices || !window.isSecureContext) return "";
  return KINDS.find((one) => MediaRecorder.isTypeSupported(one)) || "";
}

export function voice(form, send) {
  const button = form.querySelector("[data-voice]");
  const type = kind();
  if (!button || !type) return;
  const label = button.querySelector("[data-label]");
  let recorder = null;
  button.hidden = false;

  function show(isOn) {
    button.setAttribute("aria-pressed", String(isOn));
    label.textContent = word(isOn ? "recording" : "record");
  }

  function stopped(stream, parts) {
    stream.getTracks().forEach((track) => track.stop());
    recorder = null;
    show(false);
    const plain = type.split(";")[0];
    send(new File(parts, plain === "audio/mp4" ? "voice.m4a" : "voice.webm", { type: plain }));
  }

  function begin(stream) {
    const parts = [];
    recorder = new MediaRecorder(stream, { mimeType: type, audioBitsPerSecond: 32000 });
    recorder.ondataavailable = (event) => parts.push(event.data);
    recorder.onstop = () => stopped(stream, parts);
    recorder.start();
    show(true);
    const mine = recorder;
    setTimeout(() => { if (mine.state === "recording") mine.stop(); }, LONGEST_MS - 500);
  }

  button.addEventListener("click", () => {
    if (recorder) recorder.stop();
    else navigator.mediaDevices.getUserMedia({ audio: true }).then(begin, () => { label.textContent = word("no_microphone"); label.className = ""; });
  });
}
