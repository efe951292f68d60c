// A signature with a finger, and a photograph made small enough for a thin line.

const WIDE = 1280;
const INK = "#101418";
const PAPER = "#ffffff";

function blank(pad) {
  const brush = pad.getContext("2d");
  brush.fillStyle = PAPER;
  brush.fillRect(0, 0, pad.width, pad.height);
  brush.strokeStyle = INK;
  brush.lineWidth = 3 * (pad.width / pad.clientWidth || 1);
  brush.lineCap = brush.lineJoin = "round";
  delete pad.dataset.signed;
  return brush;
}

function point(pad, event) {
  const box = pad.getBoundingClientRect();
  return [(event.clientX - box.left) * (pad.width / box.width), (event.clientY - box.top) * (pad.height / box.height)];
}

function follow(pad) {
  let brush = null;
  let drawing = false;
  pad.addEventListener("pointerdown", (event) => {
    if (!brush) brush = blank(pad);
    drawing = true;
    pad.setPointerCapture(event.pointerId);
    brush.beginPath();
    brush.moveTo(...point(pad, event));
    event.preventDefault();
  });
  pad.addEventListener("pointermove", (event) => {
    if (!drawing) return;
    brush.lineTo(...point(pad, event));
    brush.stroke();
    pad.dataset.signed = "yes";
  });
  ["pointerup", "pointercancel"].forEach((name) => pad.addEventListener(name, () => { drawing = false; }));
  pad.closest("[data-sign]").querySelector("[data-sign-again]").addEventListener("click", () => { brush = blank(pad); });
}

export function pen(root) {
  root.querySelectorAll("[data-sign]").forEach((place) => {
    place.hidden = false;
    follow(place.querySelector("canvas"));
  });
}

function toBlob(canvas, kind) {
  return new Promise((resolve) => canvas.toBlob(resolve, kind, 0.8));
}

async function smaller(file) {
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, WIDE / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    return new File([await toBlob(canvas, "image/jpeg")], "photo.jpg", { type: "image/jpeg" });
  } catch (refusal) {
    return file; // this browser cannot read it: the server decides
  }
}

// The fields of a form as they will be sent, with the drawn signature and small photographs.
export async function fieldsOf(form) {
  const given = Array.from(new FormData(form).entries()).filter((field) => field[0] !== "csrfmiddlewaretoken" && field[0] !== "client_id");
  const fields = [];
  for (const field of given) {
    const isFile = field[1] instanceof File;
    if (!isFile) fields.push(field);
    else if (field[1].size) fields.push([field[0], await smaller(field[1])]);
  }
  const pad = form.querySelector("[data-sign] canvas[data-signed]");
  if (pad) fields.push(["signature", new File([await toBlob(pad, "image/png")], "signature.png", { type: "image/png" })]);
  return fields;
}
