/** Reviewing: J and K through the queue, questions to the observer, and a reason before a report is rejected. */

const isTyping = (element) => element?.closest("input, textarea, select, [contenteditable]") !== null;

/* The queue: J and K move between the reports; Enter opens the one that has focus, as for any link. */
const rows = [...document.querySelectorAll("[data-row]")];

document.addEventListener("keydown", (event) => {
  if (document.body.dataset.shortcuts !== "on" || event.defaultPrevented) return;
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (document.querySelector("dialog[open]")) return;
  const step = { j: 1, k: -1 }[event.key.toLowerCase()];
  if (!step || !rows.length) return;
  event.preventDefault();
  const at = rows.indexOf(document.activeElement);
  const to = at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + step, 0), rows.length - 1);
  rows[to].focus();
});

/* One report: the buttons follow what has been written to the observer. */
const form = document.getElementById("review");
const notes = [...document.querySelectorAll("textarea[data-note]:not([readonly])")];
const returns = document.querySelector("[data-returns]");
const approves = document.querySelector("[data-approves]");
const rejects = document.querySelector("[data-rejects]");
const dialog = rejects && document.getElementById(rejects.dataset.rejects);

const written = () => notes.filter((note) => note.value.trim());

const count = () => {
  const questions = written().filter((note) => note.id !== "overall").length;
  const label = returns?.querySelector("span");
  if (label) {
    label.dataset.plain ??= label.textContent;
    if (questions === 0) label.textContent = label.dataset.plain;
    else if (questions === 1) label.textContent = returns.dataset.one;
    else label.textContent = returns.dataset.many.replace("#", questions);
  }
  /* One main action at a time: once something is asked, it is to return the report. */
  const asks = written().length > 0;
  returns?.setAttribute("data-variant", asks ? "primary" : "secondary");
  if (approves) approves.setAttribute("data-variant", asks ? "secondary" : "primary");
  for (const note of notes) note.closest(".q-row")?.classList.toggle("is-asked", Boolean(note.value.trim()));
};

const open = (note) => {
  const details = note.closest("details");
  if (details) details.open = true;
  note.focus();
  note.scrollIntoView({ block: "center" });
};

for (const note of notes) {
  note.addEventListener("input", count);
  note.closest("details")?.addEventListener("toggle", (event) => {
    if (event.target.open && event.target.contains(document.activeElement)) note.focus();
  });
}

if (form) {
  count();

  returns?.addEventListener("click", (event) => {
    if (written().length) return;
    event.preventDefault();
    open(document.getElementById("overall"));
  });

  rejects?.addEventListener("click", (event) => {
    event.preventDefault();
    dialog.showModal();
  });

  if (dialog?.open) {
    dialog.close();
    dialog.showModal();
  }

  /* What has been written is not left behind by a stray click. */
  let isSent = false;
  form.addEventListener("submit", () => {
    isSent = true;
  });
  window.addEventListener("beforeunload", (event) => {
    if (!isSent && written().some((note) => note.value !== note.defaultValue)) event.preventDefault();
  });
}
