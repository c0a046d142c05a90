/** Copies the calendar's private address; without a clipboard it is marked, ready to be copied by hand. */

const status = document.querySelector("[data-copied]");

for (const button of document.querySelectorAll("[data-copies]")) {
  const field = document.getElementById(button.dataset.copies);
  const label = button.querySelector("span");
  const before = label.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      return;
    }
    label.textContent = status.textContent = button.dataset.done;
    setTimeout(() => {
      label.textContent = before;
      status.textContent = "";
    }, 4000);
  });
}
