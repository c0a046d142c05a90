/** The observer's application: what is written is kept as it is written, and classes answer while they are ticked. */

const PAUSE = 1200;

const form = document.querySelector("form[data-autosave]");
const state = document.querySelector("[data-save-state]");

/* ---- keeping what is written ---- */

let waiting = 0;
let queue = Promise.resolve();

const say = (word) => {
  state.textContent = state.dataset[word];
  state.dataset.state = word === "saved" ? "saved" : word === "saving" ? "saving" : "failed";
};

const keep = () => {
  waiting = 0;
  const body = new FormData(form);
  say("saving");
  queue = queue.then(async () => {
    try {
      const answer = await fetch(form.action, { method: "POST", body, headers: { "X-Autosave": "yes" }, redirect: "manual" });
      if (!waiting) say(answer.status === 204 ? "saved" : "failed");
    } catch {
      say("failed");
    }
  });
};

const keepSoon = () => {
  clearTimeout(waiting);
  waiting = setTimeout(keep, PAUSE);
};

form.addEventListener("input", (event) => {
  if (event.target.name !== "q") keepSoon();
});
form.addEventListener("submit", () => clearTimeout(waiting));
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState !== "hidden" || !waiting) return;
  clearTimeout(waiting);
  keep();
});

/* ---- all weeks, or none ---- */

const buttons = form.querySelector("[data-week-buttons]");
if (buttons) {
  buttons.addEventListener("click", (event) => {
    const pressed = event.target.closest("button");
    if (!pressed) return;
    event.preventDefault();
    for (const box of form.querySelectorAll('input[name="weeks"]')) box.checked = pressed.value === "all_weeks";
    keepSoon();
  });
}

/* ---- class by class ---- */

const classes = [...form.querySelectorAll("[data-class]")];

const answer = (section) => {
  const ticked = section.querySelectorAll('input[name="tied"]:checked').length;
  const none = section.querySelector('input[name="none"]').checked;
  const words = section.querySelector("[data-state]");
  words.textContent = ticked ? words.dataset.ticked.replace("{count}", ticked) : none ? words.dataset.none : words.dataset.open;
  section.toggleAttribute("data-answered", Boolean(ticked || none));
  if (ticked || none) section.classList.remove("is-lacking");
};

const count = () => {
  const line = form.querySelector("[data-progress]");
  const answered = classes.filter((section) => section.hasAttribute("data-answered")).length;
  const tied = form.querySelectorAll('input[name="tied"]:checked').length;
  line.textContent = line.dataset.progress
    .replace("{answered}", answered)
    .replace("{classes}", classes.length)
    .replace("{tied}", tied);
};

const plain = (text) => text.toLocaleLowerCase("nb");

const narrow = (query) => {
  const wanted = plain(query.trim());
  let found = 0;
  for (const section of classes) {
    const whole = plain(section.dataset.class).includes(wanted);
    let hits = 0;
    for (const row of section.querySelectorAll(".tie")) {
      const fits = whole || plain(row.querySelector("label").textContent).includes(wanted);
      row.hidden = !fits;
      hits += fits;
    }
    section.hidden = !hits;
    section.open = wanted ? hits > 0 : section.open && section.classList.contains("is-lacking");
    found += hits;
  }
  form.querySelector("[data-nothing]").hidden = found > 0;
};

if (form.hasAttribute("data-ties")) {
  const search = form.querySelector('input[name="q"]');
  form.querySelector("[data-search-button]").hidden = true;
  search.addEventListener("input", () => narrow(search.value));
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
  form.querySelector("[data-clear]").addEventListener("click", (event) => {
    event.preventDefault();
    search.value = "";
    narrow("");
    search.focus();
  });
  /* Somebody ticked means not “none”, and the other way round. */
  form.addEventListener("change", (event) => {
    const section = event.target.closest("[data-class]");
    if (!section) return;
    if (event.target.name === "tied" && event.target.checked) section.querySelector('input[name="none"]').checked = false;
    if (event.target.name === "none" && event.target.checked) {
      for (const box of section.querySelectorAll('input[name="tied"]')) box.checked = false;
    }
    answer(section);
    count();
  });
  /* A link to a class opens it. */
  const open = () => {
    const section = document.getElementById(location.hash.slice(1));
    if (section?.matches("[data-class]")) section.open = true;
  };
  window.addEventListener("hashchange", open);
  open();
}
