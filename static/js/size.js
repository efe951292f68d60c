// The text size changes at once, without losing what is being written.

export function size() {
  const form = document.querySelector("form[data-sizes]");
  if (!form) return;
  form.addEventListener("click", (event) => {
    const chosen = event.target.closest("button[name=text_size]");
    if (!chosen) return;
    event.preventDefault();
    document.documentElement.dataset.size = chosen.value;
    form.querySelectorAll("button").forEach((button) => button.setAttribute("aria-pressed", String(button === chosen)));
    const answer = new FormData(form);
    answer.set("text_size", chosen.value);
    fetch(form.action, { method: "POST", body: answer, credentials: "same-origin", redirect: "manual" })
      .catch(() => { form.dataset.unsaved = "yes"; });
  });
}
