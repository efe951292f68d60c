// "You can ask for another code in 28 seconds": the seconds run, then the line goes.
document.querySelectorAll("[data-clock]").forEach((line) => {
  const words = line.textContent;
  const start = line.dataset.clock;
  const until = Date.now() + Number(start) * 1000;
  const timer = setInterval(() => {
    const left = Math.ceil((until - Date.now()) / 1000);
    if (left > 0) {
      line.textContent = words.replace(start, String(left));
      return;
    }
    clearInterval(timer);
    line.hidden = true;
  }, 1000);
});
