"""The states of a letter, and what its notices say.

open → sent
  ↘ dropped
"""

from django.db import models
from django.utils.translation import pgettext_lazy

from ksp.lib.workflow import Transition


class LetterState(models.TextChoices):
    """Where a letter stands."""

    OPEN = "open", pgettext_lazy("letter", "Waiting")
    SENT = "sent", pgettext_lazy("letter", "Sent")
    DROPPED = "dropped", pgettext_lazy("letter", "Dropped")


class NoticeKind(models.TextChoices):
    """What an observer is told about an assignment."""

    OFFERED = "offered", pgettext_lazy("notice", "New offer")
    WITHDRAWN = "withdrawn", pgettext_lazy("notice", "Withdrawn")
    MOVED = "moved", pgettext_lazy("notice", "Moved")
    EXPIRED = "expired", pgettext_lazy("notice", "Offer lapsed")
    EXPIRING = "expiring", pgettext_lazy("notice", "Offer soon lapses")
    REMINDER = "reminder", pgettext_lazy("notice", "Reminder")


# What an assignment ended with: nothing is told about it afterwards.
FINAL = frozenset({NoticeKind.WITHDRAWN, NoticeKind.EXPIRED})
PERMISSION = "letters.send_letter"
OPEN = frozenset({LetterState.OPEN})

HOLD = Transition(
    verb="letter.held",
    label=pgettext_lazy("letter", "Hold back"),
    sources=OPEN,
    target=LetterState.OPEN,
    permission=PERMISSION,
)
LET_GO = Transition(
    verb="letter.let_go",
    label=pgettext_lazy("letter", "Let go"),
    sources=OPEN,
    target=LetterState.OPEN,
    permission=PERMISSION,
)
SEND = Transition(
    verb="letter.sent",
    label=pgettext_lazy("letter", "Send now"),
    sources=OPEN,
    target=LetterState.SENT,
    permission=PERMISSION,
)
DROP = Transition(
    verb="letter.dropped",
    label=pgettext_lazy("letter", "Drop"),
    sources=OPEN,
    target=LetterState.DROPPED,
    permission=PERMISSION,
)

TRANSITIONS = {"hold": HOLD, "let_go": LET_GO, "send": SEND, "drop": DROP}


def together(earlier: str, later: str) -> str | None:
    """Return what one letter tells of an assignment that had two pieces of news; None if there is nothing to tell."""
    if earlier == NoticeKind.OFFERED:
        return None if later in FINAL else earlier
    if earlier in FINAL or later in FINAL:
        return earlier if earlier in FINAL else later
    return NoticeKind.MOVED if NoticeKind.MOVED in {earlier, later} else later
