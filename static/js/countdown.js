// What is left of a prescription's day: "5:03:20" runs; at the end the page is asked again.
const TICK_MS = 1000;

function shown(seconds) {
  const two = (count) => String(count).padStart(2, "0");
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

document.querySelectorAll("time[data-countdown]").forEach((place) => {
  const until = new Date(place.dateTime).getTime();
  const soon = Number(place.dataset.countdown) * 60;
  const timer = setInterval(() => {
    const left = Math.max(0, Math.floor((until - Date.now()) / 1000));
    place.textContent = shown(left);
    place.classList.toggle("left--soon", left < soon);
    if (left === 0) clearInterval(timer);
  }, TICK_MS);
});
