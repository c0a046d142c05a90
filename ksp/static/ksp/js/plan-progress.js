/** A proposal that is being made: asks how far it has come, and shows the page anew when there is something to read. */

const OFTEN = 1000;
const SELDOM = 5000;

const place = document.querySelector("[data-progress]");
const bar = place?.querySelector("progress");

const show = (told) => {
  for (const part of place.querySelectorAll("[data-told]")) {
    const words = told[part.dataset.told] ?? "";
    if (part.textContent !== words) part.textContent = words;
  }
  if (told.share === null) bar.removeAttribute("value");
  else bar.value = told.share;
};

const ask = async () => {
  let wait = document.hidden ? SELDOM : OFTEN;
  try {
    const answer = await fetch(place.dataset.progress, { headers: { Accept: "application/json" } });
    if (answer.ok) {
      const told = await answer.json();
      if (told.is_done) {
        location.reload();
        return;
      }
      show(told);
    } else {
      wait = SELDOM;
    }
  } catch {
    /* Without a network the search goes on; it is asked again. */
    wait = SELDOM;
  }
  setTimeout(ask, wait);
};

if (place) setTimeout(ask, OFTEN);
