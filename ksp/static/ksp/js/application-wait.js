/** Says that something is being worked out as long as the answer takes. */

for (const form of document.querySelectorAll("form[data-wait]")) {
  const line = form.querySelector("[data-waiting]");
  form.addEventListener("submit", () => {
    line.textContent = line.dataset.waiting;
  });
  window.addEventListener("pageshow", () => {
    line.textContent = "";
  });
}
