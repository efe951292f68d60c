// A second tap of the same button sends nothing; coming back to the page opens it again.

const PATIENCE_MS = 15000; // an answer that is no new page (a file) must not lock the form for good

function open(form) {
  delete form.dataset.sent;
  form.querySelectorAll("[data-busy]").forEach((button) => delete button.dataset.busy);
}

// A new page, unless a form is under way: its answer is the new page, and must not be cut off.
export function renew() {
  if (!document.querySelector("form[data-sent]")) location.reload();
}

export function once() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method === "get" || "again" in form.dataset) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    const button = event.submitter || form.querySelector("button:not([type=button])");
    if (button) button.dataset.busy = "";
    setTimeout(() => open(form), PATIENCE_MS);
  });

  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(open));
}
