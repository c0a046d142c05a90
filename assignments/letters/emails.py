"""The one e-mail that a letter becomes."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from assignments.deadlines import answer_by, deadline_of
from assignments.letters.models import Letter, Notice
from assignments.letters.workflow import NoticeKind
from assignments.workflow import AssignmentState
from ksp.lib.calendar import local_date
from ksp.lib.formatting import SPACE, iso_week, weekday_date
from participants.season_settings import SeasonSettings

CHANGES = (NoticeKind.WITHDRAWN, NoticeKind.MOVED, NoticeKind.EXPIRED)
REMINDERS = (NoticeKind.EXPIRING, NoticeKind.REMINDER)


@dataclass(frozen=True, kw_only=True)
class Mail:
    """Subject and text, as the observer gets them."""

    subject: str
    body: str


def digest(letter: Letter, notices: Iterable[Notice], *, language: str, name: str, now: datetime) -> Mail:
    """Return all the news of a letter as one e-mail: offers by week, changes, reminders, and where to answer.

    It names no participant: that is for the page, behind the sign-in.
    """
    rows = sorted(notices, key=lambda one: (one.assignment.week, one.assignment.weekday or 0, one.assignment_id))
    rules = letter.season.settings
    with override(language):
        parts = [
            _offers([one for one in rows if one.kind == NoticeKind.OFFERED], rules=rules, now=now),
            _listed(_("Changes"), [_change(one) for one in rows if one.kind in CHANGES]),
            _listed(_("Remember"), [_reminder(one, rules=rules, now=now) for one in rows if one.kind in REMINDERS]),
            _where(rows),
        ]
        greeting = _("Hello %(name)s") % {"name": name}
        body = "\n\n".join([greeting, *(part for part in parts if part)])
        return Mail(subject=_subject(rows), body=f"{body}\n".replace(SPACE, " "))


def _subject(rows: Sequence[Notice]) -> str:
    offers = sum(one.kind == NoticeKind.OFFERED for one in rows)
    if offers:
        return ngettext("%(count)s new assignment", "%(count)s new assignments", offers) % {"count": offers}
    if any(one.kind in CHANGES for one in rows):
        return _("Changes to your assignments")
    return _("Remember your assignments")


def _offers(rows: Sequence[Notice], *, rules: SeasonSettings, now: datetime) -> str:
    """Return the new offers by week, and until when they stand."""
    if not rows:
        return ""
    weeks: dict[str, Counter[str]] = {}
    for one in rows:
        weeks.setdefault(one.assignment.week, Counter())[one.assignment.get_method_display()] += 1
    until = min(answer_by(one.assignment.week, method=one.assignment.method, settings=rules, now=now) for one in rows)
    count = len(rows)
    head = ngettext(
        "You are offered %(count)s contact. Answer by %(day)s.",
        "You are offered %(count)s contacts. Answer by %(day)s.",
        count,
    )
    lines = [f"{iso_week(week).capitalize()}: {_methods(methods)}" for week, methods in sorted(weeks.items())]
    return _listed(head % {"count": count, "day": weekday_date(local_date(until))}, lines)


def _methods(methods: Counter[str]) -> str:
    return ", ".join(f"{count} × {name.lower()}" for name, count in sorted(methods.items()))


def _change(one: Notice) -> str:
    words = _contact_words(one)
    if one.kind == NoticeKind.EXPIRED:
        return _("%(week)s, %(method)s: the offer has lapsed, as it was not answered") % words
    if one.kind == NoticeKind.MOVED:
        return _("%(week)s, %(method)s: moved here from %(before)s") % words
    return _("%(week)s, %(method)s: withdrawn, you are not to make this contact") % words


def _reminder(one: Notice, *, rules: SeasonSettings, now: datetime) -> str:
    item = one.assignment
    words = _contact_words(one)
    if item.state == AssignmentState.OFFERED:
        if item.answer_by is None:
            return _("%(week)s, %(method)s: the offer waits for your answer") % words
        words["day"] = weekday_date(local_date(item.answer_by))
        return _("%(week)s, %(method)s: answer the offer by %(day)s") % words
    deadline = deadline_of(item.week, method=item.method, email_hour=rules.email_latest_hour)
    words["day"] = weekday_date(local_date(deadline))
    if deadline <= now:
        return _("%(week)s, %(method)s: the contact should have been made by %(day)s") % words
    return _("%(week)s, %(method)s: make the contact by %(day)s") % words


def _contact_words(one: Notice) -> dict[str, str]:
    item = one.assignment
    before = iso_week(one.week_before) if one.week_before else ""
    return {"week": iso_week(item.week).capitalize(), "method": item.get_method_display().lower(), "before": before}


def _listed(head: str, lines: Sequence[str]) -> str:
    return "\n".join([head, *(f"– {line}" for line in lines)]) if lines else ""


def _where(rows: Sequence[Notice]) -> str:
    """Return where to answer, and what comes first."""
    if any(one.assignment.state == AssignmentState.OFFERED for one in rows):
        link = settings.SITE_URL + reverse("letters:offers")
        return _("Read the manual first. Then accept, decline or ask for another week here:\n\n%(link)s") % {
            "link": link
        }
    link = settings.SITE_URL + reverse("assignments:own_list")
    return _("You find all your assignments here:\n\n%(link)s") % {"link": link}
