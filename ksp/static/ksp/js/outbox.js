/**
 * What has been typed and not yet been received: sent one at a time, kept on the device until the server has it,
 * tried again with growing rests, and at once when the net, the page or the person comes back.
 */

const RESTS = [2, 5, 10, 20, 30];
const cookie = (name) =>
  document.cookie
    .split("; ")
    .find((pair) => pair.split("=")[0].endsWith(name))
    ?.split("=")
    .slice(1)
    .join("=");

export class Outbox {
  #key;
  #on;
  #waiting = new Map();
  #held = new Map();
  #timers = new Map();
  #sending = null;
  #tries = 0;
  #retry = 0;
  #isPaused = false;
  #isKept = true;

  constructor(report, handlers) {
    this.#key = `ksp-report-${report}`;
    this.#on = handlers;
    window.addEventListener("online", () => this.#wake());
    window.addEventListener("focus", () => this.#wake());
    window.addEventListener("pagehide", () => this.#leave());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") this.#leave();
    });
    window.addEventListener("pageshow", () => {
      this.#isPaused = false;
      this.#wake();
    });
  }

  static forget(report) {
    try {
      window.localStorage.removeItem(`ksp-report-${report}`);
    } catch {
      // Without storage there is nothing to forget.
    }
  }

  get isSending() {
    return this.#sending !== null;
  }

  get isEmpty() {
    return !this.isSending && this.#waiting.size === 0 && this.#held.size === 0;
  }

  /** What an earlier visit could not deliver. */
  kept() {
    try {
      return Object.entries(JSON.parse(window.localStorage.getItem(this.#key) ?? "{}"));
    } catch {
      return [];
    }
  }

  /** Send this value for this code, after so many milliseconds without another. */
  put(code, value, wait) {
    const before = this.#waiting.get(code);
    const sent = before?.sent ?? [];
    this.#held.delete(code);
    this.#waiting.set(code, { value, sent, base: before?.base ?? this.#on.versionOf(code) });
    this.#keep();
    if (this.#tries === 0) this.#on.onSaving();
    clearTimeout(this.#timers.get(code));
    this.#timers.set(
      code,
      setTimeout(() => {
        this.#timers.delete(code);
        this.#send();
      }, wait),
    );
  }

  /** Send without waiting for more typing. */
  flush() {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.#send();
  }

  /** Keep a value that contradicts the server's, until the person has chosen. */
  hold(code, entry) {
    this.#waiting.delete(code);
    this.#held.set(code, entry);
    this.#keep();
  }

  /** The person has chosen: this value, or the server's. */
  settle(code, value) {
    this.#held.delete(code);
    this.#waiting.delete(code);
    if (value === null) this.#keep();
    else this.put(code, value, 0);
  }

  drop(code) {
    this.settle(code, null);
  }

  /** The whole page is being handed in: send nothing beside it. */
  pause() {
    this.#isPaused = true;
    clearTimeout(this.#retry);
  }

  whenStill() {
    return this.#sending ?? Promise.resolve();
  }

  #keep() {
    const all = Object.fromEntries([...this.#held, ...this.#waiting]);
    try {
      if (Object.keys(all).length) window.localStorage.setItem(this.#key, JSON.stringify(all));
      else window.localStorage.removeItem(this.#key);
      this.#isKept = true;
    } catch {
      this.#isKept = false;
    }
  }

  #wake() {
    if (this.#waiting.size === 0) return;
    clearTimeout(this.#retry);
    this.#tries = 0;
    this.#send();
  }

  #next() {
    return [...this.#waiting.keys()].find((code) => !this.#timers.has(code));
  }

  #send() {
    const code = this.#next();
    if (code === undefined || this.isSending || this.#isPaused) return;
    clearTimeout(this.#retry);
    this.#on.onSaving();
    this.#sending = this.#deliver(code).finally(() => {
      this.#sending = null;
    });
    this.#sending.then((goOn) => {
      if (goOn) this.#send();
    });
  }

  async #deliver(code) {
    const entry = this.#waiting.get(code);
    const { value } = entry;
    entry.sent.push(value);
    this.#keep();
    let response;
    try {
      response = await this.#post(code, entry);
    } catch {
      return this.#again();
    }
    if (response.status === 401 || response.type === "opaqueredirect") {
      this.#on.onSignedOut();
      return false;
    }
    if (response.status >= 500 || response.status === 429) return this.#again();
    const answer = await response.json().catch(() => ({}));
    this.#tries = 0;
    return response.ok ? this.#received(code, value, answer) : this.#refused(code, answer);
  }

  #received(code, value, answer) {
    const now = this.#waiting.get(code);
    if (now && now.value === value) this.#waiting.delete(code);
    else if (now) Object.assign(now, { base: answer.version, sent: [] });
    this.#keep();
    this.#on.onSaved(code, answer, this.#waiting.size === 0 && this.#held.size === 0);
    return true;
  }

  #refused(code, answer) {
    const now = this.#waiting.get(code);
    if (!now) return true;
    if (!answer.stored) {
      // Not ours to write any longer, or nothing that could be saved: what was typed stays on the device.
      this.#on.onRefused(answer.detail);
      return false;
    }
    if (now.sent.includes(answer.stored.value)) {
      // The other window was this one: something that it sent arrived without its hearing of it.
      Object.assign(now, { base: answer.stored.version });
      return true;
    }
    this.hold(code, now);
    this.#on.onConflict(code, now.value, answer.stored);
    return true;
  }

  #again() {
    if (!navigator.onLine) {
      this.#on.onOffline(this.#isKept);
      return false;
    }
    const rest = RESTS[Math.min(this.#tries, RESTS.length - 1)];
    this.#tries += 1;
    this.#on.onRetry(rest);
    this.#retry = setTimeout(() => this.#send(), rest * 1000);
    return false;
  }

  #post(code, { value, base }) {
    return fetch(this.#on.addressOf(code), {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": cookie("csrftoken") ?? "" },
      body: JSON.stringify({ question: code, value, base }),
      redirect: "manual",
      // It may outlive the page.
      keepalive: true,
    });
  }

  /** The page goes away: send what waits without waiting for the answer; it stays on the device until one comes. */
  #leave() {
    if (this.#isPaused) return;
    for (const [code, entry] of this.#waiting) {
      if (entry.sent.at(-1) === entry.value && this.isSending) continue;
      entry.sent.push(entry.value);
      this.#post(code, entry).catch(() => undefined);
    }
    this.#keep();
  }
}
