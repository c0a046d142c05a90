/** The list of applications: ticks for a whole page, and how many are ticked. */

const form = document.querySelector("form[data-decide]");

if (form) {
  const every = form.querySelector("[data-tick-all]");
  const boxes = [...form.querySelectorAll('input[name="application"]:enabled')];
  const line = form.querySelector("[data-ticked]");

  const count = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    line.textContent = line.dataset.ticked.replace("{count}", ticked);
    line.hidden = !ticked;
    every.checked = ticked > 0 && ticked === boxes.length;
    every.indeterminate = ticked > 0 && ticked < boxes.length;
  };

  every.hidden = !boxes.length;
  every.addEventListener("change", () => {
    for (const box of boxes) box.checked = every.checked;
    count();
  });
  for (const box of boxes) box.addEventListener("change", count);
  window.addEventListener("pageshow", count);
}
