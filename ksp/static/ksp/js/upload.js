/** Where a file is dropped: says which file it is, and that it is being read. */

for (const form of document.querySelectorAll("[data-upload]")) {
  const place = form.querySelector("[data-drop]");
  const input = place.querySelector("input[type=file]");
  const chosen = place.querySelector("[data-chosen]");
  const status = form.querySelector("[data-reading]");

  const show = () => {
    const [file] = input.files;
    chosen.textContent = file ? file.name : chosen.dataset.none;
  };

  input.addEventListener("change", show);
  input.addEventListener("dragenter", () => place.setAttribute("data-over", ""));
  for (const end of ["dragleave", "dragend", "drop"]) {
    input.addEventListener(end, () => place.removeAttribute("data-over"));
  }
  form.addEventListener("submit", () => {
    status.textContent = status.dataset.reading;
  });
  window.addEventListener("pageshow", () => {
    status.textContent = "";
    show();
  });
}
