/**
 * The report: one part is shown at a time, every change is saved as it is made, and nothing that was typed is
 * forgotten before the server has said that it has it.
 */

import { Outbox } from "./outbox.js";

const form = document.getElementById("report");
const receipt = document.querySelector("[data-receipt]");
if (receipt) Outbox.forget(receipt.dataset.receipt);

const fill = (text, values) => text.replaceAll(/\{(\w+)\}/g, (_whole, name) => values[name]);
const textOf = (value) => value.replaceAll("\r\n", "\n").trim();

const startReport = () => {
  const parts = [...form.querySelectorAll("[data-part].part")];
  const questions = new Map([...form.querySelectorAll("[data-question][id]")].map((box) => [box.dataset.question, box]));
  const versions = form.elements.versions;
  const state = document.getElementById("saved");
  const stateText = state.querySelector("[data-text]");
  const least = Number(form.dataset.least);

  // ---- what a question says

  for (const pair of versions.value.split(" ").filter(Boolean)) {
    const [code, version] = pair.split(":");
    if (questions.has(code)) questions.get(code).dataset.version = version;
  }
  const versionOf = (box) => Number(box?.dataset.version ?? 0);
  const textarea = (box) => box.querySelector("textarea[name^=q-]");
  const valueOf = (box) => {
    const area = textarea(box);
    return area ? textOf(area.value) : (box.querySelector("input:checked")?.value ?? "");
  };
  const wordsOf = (box, value) => {
    if (textarea(box)) return value;
    return [...box.querySelectorAll("input")].find((one) => one.value === value)?.closest("label").textContent ?? "–";
  };
  const putIn = (box, value) => {
    const area = textarea(box);
    if (area) area.value = value;
    for (const one of box.querySelectorAll("input[type=radio]")) one.checked = one.value === value;
  };
  const isMissing = (box) => (textarea(box) ? valueOf(box).length < least : valueOf(box) === "");
  const mark = (box, on) => {
    const area = textarea(box);
    box.classList.toggle("q-missing", on);
    const words = area ? box.querySelector(".ds-validation-message") : box.querySelector("[data-todo]");
    if (words) words.hidden = !on;
    if (!area) return;
    if (on) area.setAttribute("aria-invalid", "true");
    else area.removeAttribute("aria-invalid");
  };
  const count = (box) => {
    const line = box.querySelector("[data-count]");
    if (line) line.textContent = line.textContent.replace(/^\d+/, valueOf(box).length);
  };

  // ---- what is missing, and how far the report has come

  const lacks = (boxes, words) => {
    const comments = boxes.filter(textarea).length;
    const others = boxes.length - comments;
    const some = [];
    if (others) some.push(others === 1 ? words.question : fill(words.questions, { count: others }));
    if (comments) some.push(comments === 1 ? words.comment : fill(words.comments, { count: comments }));
    if (!some.length) return words.complete;
    return some.length === 1 ? some[0] : fill(words.and, { this: some[0], that: some[1] });
  };
  const overview = () => {
    const list = form.querySelector("[data-overview]");
    const steps = form.querySelectorAll(".steps li");
    const all = [...questions.values()];
    const done = all.filter((box) => !isMissing(box)).length;
    form.querySelector("[data-when-complete]").hidden = done < all.length;
    parts.forEach((part, index) => {
      const missing = all.filter((box) => part.contains(box) && isMissing(box));
      const item = list.querySelector(`[data-part="${part.dataset.part}"]`);
      item.querySelector(".ok").hidden = missing.length > 0;
      item.querySelector(".todo").hidden = missing.length === 0;
      item.querySelector("[data-lacks]").textContent = lacks(missing, list.dataset);
      item.querySelector("a").href = `?part=${part.dataset.part}#${missing[0]?.id ?? part.id}`;
      steps[index].className = part.hidden ? (missing.length ? "" : "done") : "now";
      part.querySelector("[data-progress-text]").textContent = fill(form.dataset.progress, {
        part: part.dataset.part,
        parts: parts.length,
        done,
        asked: all.length,
      });
    });
  };

  // ---- one part at a time

  const markSkipped = (part) => {
    for (const box of questions.values()) if (part.contains(box) && isMissing(box)) mark(box, true);
  };
  const show = (number, { target = null, remember = true } = {}) => {
    const wanted = parts.find((part) => part.dataset.part === String(number));
    if (!wanted) return;
    const left = parts.find((part) => !part.hidden);
    if (left && left !== wanted) markSkipped(left);
    for (const part of parts) part.hidden = part !== wanted;
    form.querySelector("button[name=to][hidden]").value = number;
    overview();
    if (remember) window.history.pushState(null, "", `?part=${number}`);
    const goal = target && document.getElementById(target);
    if (goal && goal !== wanted) {
      goal.scrollIntoView({ block: "start" });
      (goal.querySelector("input:checked") ?? goal.querySelector("input, textarea"))?.focus({ preventScroll: true });
    } else {
      window.scrollTo(0, 0);
      wanted.querySelector("h1").focus({ preventScroll: true });
    }
  };
  form.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="?part="]');
    if (!link) return;
    event.preventDefault();
    const [query, target] = link.getAttribute("href").split("#");
    const box = target && document.getElementById(target);
    show(new URLSearchParams(query).get("part"), { target });
    if (box?.dataset.question && isMissing(box)) mark(box, true);
  });
  window.addEventListener("popstate", () => {
    show(new URLSearchParams(window.location.search).get("part") ?? 1, { remember: false });
  });

  // ---- saving

  const say = (name, values = {}) => {
    state.dataset.state = { saved: "saved", saving: "saving", offline: "offline" }[name] ?? "failed";
    stateText.textContent = fill(state.dataset[name], values);
    state.querySelector("[data-sign-in]").hidden = name !== "signedout";
  };
  const clock = (moment) => {
    const parts = new Intl.DateTimeFormat("nb", { timeZone: "Europe/Oslo", timeStyle: "medium" }).format(moment);
    return document.documentElement.lang === "en" ? parts.replaceAll(".", ":") : `kl. ${parts.replaceAll(":", ".")}`;
  };
  const writeVersions = () => {
    const known = [...questions].filter(([, box]) => versionOf(box) > 0);
    versions.value = known.map(([code, box]) => `${code}:${box.dataset.version}`).join(" ");
  };

  const outbox = new Outbox(form.dataset.report, {
    addressOf: (code) => (questions.has(code) ? form.dataset.save : document.getElementById(code).dataset.save),
    versionOf: (code) => versionOf(questions.get(code)),
    onSaving: () => say("saving"),
    onSaved: (code, answer, isEmpty) => {
      const box = questions.get(code);
      if (box) box.dataset.version = answer.version;
      writeVersions();
      if (isEmpty) say("saved", { time: clock(new Date(answer.saved_at)) });
    },
    onRetry: (seconds) => say("failed", { seconds }),
    onOffline: (isKept) => say(isKept ? "offline" : "lost"),
    onSignedOut: () => say("signedout"),
    onRefused: (detail) => {
      say("refused");
      if (detail) stateText.textContent = detail;
    },
    onConflict: (code, value, stored) => showConflict(questions.get(code), value, stored),
  });

  const showConflict = (box, value, stored) => {
    box.querySelector(".conflict")?.remove();
    const choice = document.getElementById("conflict").content.cloneNode(true).firstElementChild;
    choice.querySelector("[data-there]").textContent = wordsOf(box, stored.value);
    choice.querySelector("[data-here]").textContent = wordsOf(box, value);
    const settle = (keep) => {
      box.dataset.version = stored.version;
      writeVersions();
      if (!keep) putIn(box, stored.value);
      choice.remove();
      outbox.settle(box.dataset.question, keep ? value : null);
      if (!keep && outbox.isEmpty) say("saved", { time: clock(new Date()) });
      count(box);
      overview();
      (box.querySelector("input:checked") ?? textarea(box))?.focus();
    };
    choice.querySelector("[data-keep]").addEventListener("click", () => settle(true));
    choice.querySelector("[data-take]").addEventListener("click", () => settle(false));
    box.append(choice);
    say("conflict");
  };

  const changed = (element, wait) => {
    const box = element.closest("[data-question][id]");
    if (element.matches("textarea[data-save]")) outbox.put(element.id, textOf(element.value), wait);
    if (!box || !element.name.startsWith("q-")) return;
    outbox.put(box.dataset.question, valueOf(box), wait);
    if (!isMissing(box)) mark(box, false);
    count(box);
    overview();
  };
  form.addEventListener("input", (event) => {
    if (event.target.matches("textarea")) changed(event.target, 1200);
  });
  form.addEventListener("change", (event) => {
    if (event.target.matches("input[type=radio]")) changed(event.target, 0);
  });
  form.addEventListener("focusout", (event) => {
    if (!event.target.matches("textarea")) return;
    outbox.flush();
    const box = event.target.closest("[data-question][id]");
    if (box && event.target.name.startsWith("q-")) mark(box, event.target.value.trim() !== "" && isMissing(box));
  });

  // ---- moving on, and handing in

  form.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (!button?.hasAttribute("data-submit")) {
      event.preventDefault();
      outbox.flush();
      if (button?.value && !button.hidden) show(button.value);
      return;
    }
    if (!navigator.onLine) {
      event.preventDefault();
      say("wait");
      return;
    }
    if (outbox.isSending) {
      // What is on its way must arrive first, or the page would contradict itself.
      event.preventDefault();
      outbox.whenStill().then(() => form.requestSubmit(button));
      return;
    }
    writeVersions();
    outbox.pause();
  });

  for (const [code, kept] of outbox.kept()) {
    const box = questions.get(code);
    const reply = box ? null : document.getElementById(code);
    const here = box ? valueOf(box) : textOf(reply?.value ?? "");
    if ((!box && !reply) || here === kept.value) {
      outbox.drop(code);
    } else if (reply) {
      reply.value = kept.value;
      outbox.put(code, kept.value, 0);
    } else if (kept.base === versionOf(box) || kept.sent.includes(here)) {
      putIn(box, kept.value);
      count(box);
      outbox.put(code, kept.value, 0);
    } else {
      outbox.hold(code, kept);
      showConflict(box, kept.value, { value: here, version: versionOf(box) });
    }
  }
  overview();
  if (window.location.hash) {
    const target = window.location.hash.slice(1);
    show(form.dataset.shown, { target, remember: false });
  }
};

if (form) startReport();
