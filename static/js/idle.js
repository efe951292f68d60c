// A desk left alone locks (R109): warn in time, one touch keeps it open (R141), drafts stay.
const ASK = 70; // seconds left by our own clock: other tabs may have kept the desk open
const WARN = 30;
const REPORT = 60;

function ask(url, method) {
  const token = document.querySelector("input[name=csrfmiddlewaretoken]");
  const headers = { "X-CSRFToken": token ? token.value : "", "X-Requested-With": "fetch" };
  return fetch(url, { method, headers, credentials: "same-origin" }).then((answer) => {
    if (answer.status === 401) return 0;
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.text().then(Number);
  });
}

export function idle() {
  const box = document.querySelector("dialog[data-idle]");
  if (!box) return;
  const url = box.dataset.idle;
  const count = box.querySelector("[data-idle-count]");
  let deadline = Date.now() + Number(box.dataset.idleSeconds) * 1000;
  let acted = false;
  let reported = Date.now();
  let asking = false;

  const left = () => Math.round((deadline - Date.now()) / 1000);

  function leave() {
    // The page is opened anew: the door is closed now, and leads back here.
    location.assign(location.pathname + location.search);
  }

  function hear(method) {
    if (asking) return;
    asking = true;
    ask(url, method)
      .then((seconds) => {
        if (seconds <= 0) return leave();
        deadline = Date.now() + seconds * 1000;
        if (seconds > WARN && box.open) box.close();
        return undefined;
      })
      .catch(() => undefined) // no network: the next round asks again
      .finally(() => {
        asking = false;
      });
  }

  function stay() {
    acted = false;
    reported = Date.now();
    hear("POST");
  }

  function round() {
    if (acted && (Date.now() - reported > REPORT * 1000 || left() <= ASK)) return stay();
    if (left() <= 0) return hear("GET");
    if (left() <= ASK && left() % 10 === 0) hear("GET");
    if (left() <= WARN && !box.open) box.showModal();
    if (box.open) count.textContent = String(Math.max(0, left()));
    return undefined;
  }

  ["keydown", "pointerdown", "wheel", "touchstart"].forEach((kind) => {
    addEventListener(kind, () => { acted = true; }, { passive: true, capture: true });
  });
  box.querySelector("[data-idle-stay]").addEventListener("click", stay);
  box.addEventListener("cancel", stay);
  setInterval(round, 1000);
}
