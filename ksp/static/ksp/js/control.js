/** One box chooses every contact of the page, and says so when only some are chosen. */

for (const all of document.querySelectorAll("[data-chooses]")) {
  const boxes = [...document.querySelectorAll(`input[name="${all.dataset.chooses}"]`)];
  const show = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    all.checked = chosen > 0 && chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
  };
  all.closest("[hidden]")?.removeAttribute("hidden");
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
  });
  for (const box of boxes) box.addEventListener("change", show);
  show();
}
