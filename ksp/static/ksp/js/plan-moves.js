/**
 * Changing a plan by hand: a contact is taken up by pointer or key, each week says whether it may come there, and
 * the server judges the move. Without this script the same forms work, one page at a time.
 */

const page = document.querySelector("[data-moves]");
const said = document.getElementById("said");
const known = new Map();
let taken = null;

const say = (text, tone = "info") => {
  said.textContent = text;
  said.dataset.tone = tone;
};

const cardOf = (number) => document.getElementById(`contact-${number}`);
const rows = () => [...page.querySelectorAll("[data-week]")];
const rowOf = (week) => rows().find((row) => row.dataset.week === week);

/* What may be done with a contact is asked once, and anew after each change. */
const choicesOf = (card) => {
  const { number, choices } = card.dataset;
  if (!known.has(number)) {
    const asked = fetch(choices, { headers: { Accept: "application/json" } }).then((answer) => {
      if (!answer.ok) throw new Error(answer.statusText);
      return answer.json();
    });
    asked.catch(() => known.delete(number));
    known.set(number, asked);
  }
  return known.get(number);
};

const mark = (weeks) => {
  for (const row of rows()) {
    const why = weeks[row.dataset.week];
    row.dataset.judged = why === undefined ? "" : why.length ? "no" : "yes";
    row.querySelector(".week-note").textContent = why?.length ? why.join(" ") : "";
  }
};

const aim = (week) => {
  for (const row of rows()) row.classList.toggle("is-aimed", row.dataset.week === week);
};

const letGo = () => {
  if (!taken) return;
  taken.card.setAttribute("aria-pressed", "false");
  for (const row of rows()) {
    row.dataset.judged = "";
    row.querySelector(".week-note").textContent = "";
  }
  aim(null);
  taken = null;
};

const showPanel = (markup) => {
  const panel = document.getElementById("choice");
  panel.replaceChildren(...new DOMParser().parseFromString(markup, "text/html").body.childNodes);
};

const take = async (card, { quietly = false } = {}) => {
  letGo();
  taken = { card, number: card.dataset.number, week: card.dataset.inWeek, weeks: {} };
  card.setAttribute("aria-pressed", "true");
  aim(taken.week);
  if (!quietly) say(`${card.dataset.name}. ${page.dataset.takenUp}`);
  const mine = taken;
  try {
    const choices = await choicesOf(card);
    if (taken !== mine) return;
    taken.weeks = choices.weeks;
    mark(choices.weeks);
    showPanel(choices.panel);
    history.replaceState(null, "", `?contact=${card.dataset.number}`);
  } catch {
    say(page.dataset.noAnswer, "bad");
  }
};

const sentenceFor = (week) => {
  const row = rowOf(week);
  const why = taken.weeks[week];
  if (week === taken.card.dataset.inWeek) return `${row.dataset.name}: ${page.dataset.here}`;
  if (why === undefined) return row.dataset.name;
  return why.length ? `${row.dataset.name}: ${why.join(" ")}` : `${row.dataset.name}: ${page.dataset.mayCome}`;
};

const step = (by) => {
  const weeks = rows().map((row) => row.dataset.week);
  const at = Math.min(Math.max(weeks.indexOf(taken.week) + by, 0), weeks.length - 1);
  taken.week = weeks[at];
  aim(taken.week);
  rowOf(taken.week).scrollIntoView({ block: "nearest" });
  say(sentenceFor(taken.week), taken.weeks[taken.week]?.length ? "bad" : "info");
};

/* A link without this script, something to press with it. */
const dress = () => {
  for (const card of page.querySelectorAll("[data-number]")) {
    card.setAttribute("role", "button");
    card.setAttribute("aria-pressed", "false");
  }
};

/* The page is asked for again, and what has changed is put in its place. */
const refresh = async (number) => {
  known.clear();
  const answer = await fetch(`${location.pathname}?contact=${number}`);
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("[data-swap]")) {
    const other = fresh.getElementById(part.id);
    if (other) part.replaceChildren(...other.childNodes);
  }
  dress();
  taken = null;
  cardOf(number)?.focus({ preventScroll: true });
};

const send = async (address, body, number) => {
  body.set("csrfmiddlewaretoken", page.querySelector("[name=csrfmiddlewaretoken]").value);
  page.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(address, { method: "POST", body, headers: { Accept: "application/json" } });
    const told = await answer.json();
    if (answer.ok) {
      await refresh(number);
      say("");
    } else {
      say(told.detail, "bad");
      said.focus();
    }
  } catch {
    say(page.dataset.noAnswer, "bad");
  } finally {
    page.removeAttribute("aria-busy");
  }
};

const drop = (week) => {
  const { card, number } = taken;
  if (week === card.dataset.inWeek) {
    letGo();
    say(page.dataset.stays);
    return;
  }
  if (taken.weeks[week]?.length) {
    say(sentenceFor(week), "bad");
    return;
  }
  const body = new FormData();
  body.set("week", week);
  letGo();
  send(card.dataset.move, body, number);
};

const onKey = (event) => {
  const card = event.target.closest?.("[data-number]");
  if (!card || card !== taken?.card) return;
  const steps = { ArrowDown: 1, ArrowUp: -1, ArrowRight: 1, ArrowLeft: -1 };
  if (event.key in steps) step(steps[event.key]);
  else if (event.key === "Escape") {
    letGo();
    say(page.dataset.stays);
  } else if ((event.key === "Enter" || event.key === " ") && taken.week !== card.dataset.inWeek) drop(taken.week);
  else return;
  event.preventDefault();
};

if (page) {
  page.addEventListener("click", (event) => {
    const card = event.target.closest("[data-number]");
    if (!card) return;
    event.preventDefault();
    if (card === taken?.card) letGo();
    else take(card).then(() => {
      const panel = document.getElementById("choice");
      if (matchMedia("(width < 64rem)").matches) panel.scrollIntoView({ block: "start" });
    });
  });
  /* A link that is pressed as a button answers to space as well. */
  page.addEventListener("keydown", (event) => {
    onKey(event);
    const card = event.target.closest("[data-number]");
    if (card && event.key === " " && !event.defaultPrevented) {
      event.preventDefault();
      card.click();
    }
  });
  page.addEventListener("pointerover", (event) => {
    const card = event.target.closest("[data-number]");
    if (card && event.pointerType === "mouse") choicesOf(card).catch(() => {});
  });

  page.addEventListener("dragstart", (event) => {
    const card = event.target.closest("[data-number]");
    if (!card) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", card.dataset.number);
    take(card, { quietly: true });
  });
  page.addEventListener("dragover", (event) => {
    const row = event.target.closest("[data-week]");
    if (!row || !taken) return;
    event.preventDefault();
    const refused = Boolean(taken.weeks[row.dataset.week]?.length);
    event.dataTransfer.dropEffect = refused ? "none" : "move";
    if (taken.week !== row.dataset.week) {
      taken.week = row.dataset.week;
      aim(taken.week);
      say(sentenceFor(taken.week), refused ? "bad" : "info");
    }
  });
  page.addEventListener("drop", (event) => {
    const row = event.target.closest("[data-week]");
    if (!row || !taken) return;
    event.preventDefault();
    drop(row.dataset.week);
  });
  page.addEventListener("dragend", () => aim(taken?.card.dataset.inWeek ?? null));

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-sends]")) return;
    event.preventDefault();
    const body = new FormData(form, event.submitter);
    letGo();
    send(form.action, body, form.dataset.sends);
  });

  dress();
}
