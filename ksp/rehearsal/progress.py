"""Says on standard error how far the play has come, and how long it will take."""

import time
from typing import TextIO

from django.utils.translation import gettext as _


class Progress:
    """One line that is written over on a screen; elsewhere a line for each step."""

    def __init__(self, stream: TextIO | None, *, steps: int) -> None:
        self.stream, self.steps = stream, max(steps, 1)
        self.began, self.done, self.width = time.monotonic(), 0.0, 0
        self.times: dict[str, float] = {}
        self._name, self._since = "", self.began

    def step(self, name: str, *, weight: float = 1.0) -> None:
        """Say what begins now; what was under way is done."""
        self._end()
        self._name, self._weight = name, weight
        self._say(f"{name} …{self._left()}")

    def finish(self) -> dict[str, float]:
        """End the line, and return how many seconds each step took."""
        self._end()
        self._name = ""
        self._say(_("Ready in %(seconds)s s") % {"seconds": round(time.monotonic() - self.began)}, end="\n")
        return self.times

    def _end(self) -> None:
        now = time.monotonic()
        if self._name:
            self.times[self._name] = self.times.get(self._name, 0.0) + now - self._since
            self.done += self._weight
        self._since = now

    def _left(self) -> str:
        if not self.done:
            return ""
        seconds = (time.monotonic() - self.began) * (self.steps - self.done) / self.done
        words = {"share": min(100, round(100 * self.done / self.steps)), "seconds": max(round(seconds), 0)}
        return " " + _("%(share)s %%, %(seconds)s s left") % words

    def _say(self, text: str, end: str = "") -> None:
        if self.stream is None:
            return
        if self.stream.isatty():
            self.stream.write(f"\r{text:<{self.width}}{end}")
            self.width = max(self.width, len(text))
        else:
            self.stream.write(f"{text}\n")
        self.stream.flush()
