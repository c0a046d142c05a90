/** What every page does: menus that close, dialogs, messages that go away, forms that are sent once. */

const closeMenus = (except) => {
  for (const menu of document.querySelectorAll("details.account[open], details.phone-menu[open]")) {
    if (menu !== except) menu.open = false;
  }
};

document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  if (!target) return;
  closeMenus(target.closest("details"));

  const opener = target.closest("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens)?.showModal();

  if (target.closest("[data-closes]")) target.closest("dialog")?.close();

  const message = target.closest("[data-dismisses]")?.closest(".message");
  if (message) {
    message.remove();
    document.getElementById("main")?.focus();
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.activeElement?.closest("details.account[open], details.phone-menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

/* A second press while the first is on its way sends nothing; coming back to the page frees the form. */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || !form.matches("[data-once]")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  for (const button of form.querySelectorAll("button[type=submit]")) button.setAttribute("aria-disabled", "true");
});

window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
  }
});

for (const button of document.querySelectorAll("[data-dismisses]")) button.hidden = false;

/* Errors come first: focus goes to them, and the title says how many there are. */
const errors = document.querySelector("[data-focus]");
if (errors) {
  errors.focus();
  const count = errors.querySelectorAll("li").length;
  if (count) document.title = `(${count}) ${document.title}`;
}

/*
 * Shortcuts: a key presses the visible control that names it in data-key. Never inside a field, never with
 * a modifier, and not at all when the person has switched them off.
 */
const isTyping = (element) => element?.closest("input, textarea, select, [contenteditable]") !== null;

document.addEventListener("keydown", (event) => {
  if (document.body.dataset.shortcuts !== "on" || event.defaultPrevented) return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
  const key = event.key.toLowerCase();
  const control = [...document.querySelectorAll("[data-key]")].find((one) => one.dataset.key === key);
  if (!control || control.hidden || !control.checkVisibility()) return;
  event.preventDefault();
  control.click();
});
