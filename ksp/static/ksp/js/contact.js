/** The clock of a running attempt: drawn once a second, spoken at half, one minute, ten seconds and the end. */

const timer = document.getElementById("timer");
const MINUTE = 60;

const format = (seconds) => `${Math.floor(seconds / MINUTE)}:${String(seconds % MINUTE).padStart(2, "0")}`;

const inWords = (seconds, data) => {
  const minutes = Math.floor(seconds / MINUTE);
  const rest = seconds % MINUTE;
  const parts = [];
  if (minutes) parts.push(data.minutes.replace("{count}", minutes));
  if (rest || !minutes) parts.push(data.seconds.replace("{count}", rest));
  return parts.join(" ");
};

if (timer) {
  const data = timer.dataset;
  const whole = Number(data.whole);
  // The server says what is left; this device's clock only measures from here on.
  const endsAt = Date.now() + Number(data.left) * 1000;
  const digits = document.getElementById("digits");
  const ring = document.getElementById("ring");
  const says = document.getElementById("timer-says");
  const marks = [Math.floor(whole / 2), MINUTE, 10].filter((mark) => mark < Number(data.left));
  let ticking = 0;

  const draw = () => {
    const left = Math.max(0, Math.ceil((endsAt - Date.now()) / 1000));
    digits.textContent = format(left);
    ring.setAttribute("stroke-dasharray", `${((left / whole) * 100).toFixed(2)} 100`);
    timer.setAttribute("aria-label", data.words.replace("{time}", inWords(left, data)));
    while (marks.length && left <= marks[0]) {
      const mark = marks.shift();
      if (!marks.length || left > marks[0]) says.textContent = data.words.replace("{time}", inWords(mark, data));
    }
    if (left > 0) return;
    clearInterval(ticking);
    says.textContent = data.over;
    timer.setAttribute("aria-label", data.over);
  };

  draw();
  ticking = setInterval(draw, 1000);
}

/* A link to a folded form opens it. */
document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("[data-opens-details]") : null;
  const details = link && document.getElementById(link.dataset.opensDetails);
  if (!details) return;
  event.preventDefault();
  details.open = true;
  details.querySelector("input:not([type=hidden])")?.focus();
});

/* Only an answer has a time of its own. */
for (const form of document.querySelectorAll("form[data-times]")) {
  const fields = [...form.querySelectorAll("[name$=answered_on], [name$=answered_at]")].map((one) => one.closest(".ds-field"));
  const show = () => {
    const chosen = form.querySelector("[name$=result]:checked")?.value;
    for (const field of fields) field.hidden = chosen !== "answered";
  };
  form.addEventListener("change", show);
  show();
}

/* A page that comes back from the browser's memory would show an old clock. */
window.addEventListener("pageshow", (event) => {
  if (event.persisted && timer) window.location.reload();
});
