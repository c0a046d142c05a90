"""Reads the outbox for managers, and their offers for observers."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q
from django.utils.translation import ngettext

from assignments.letters.emails import CHANGES, REMINDERS, Mail, digest
from assignments.letters.models import Letter, LetterQuerySet, Notice
from assignments.letters.workflow import LetterState, NoticeKind
from assignments.models import Assignment
from assignments.own_work import Task, advice_of, own_assignments, task_of, unread_manuals
from assignments.workflow import AssignmentState
from ksp.accounts.models import MOST_TRIES, User
from participants.models import Season


@dataclass(frozen=True, slots=True)
class Standing:
    """How many of a season's letters stand where."""

    held: int
    waiting: int
    sent: int
    dropped: int
    failed: int

    @property
    def open(self) -> int:
        """How many are still to go out."""
        return self.held + self.waiting


def standing_of(season: Season) -> Standing:
    """Count a season's letters in one query."""
    is_open = Q(state=LetterState.OPEN)
    failed = Q(state=LetterState.SENT, mail__sent_at=None, mail__tries__gte=MOST_TRIES)
    counts = season.letters.aggregate(
        held=Count("pk", filter=is_open & Q(is_held=True)),
        waiting=Count("pk", filter=is_open & Q(is_held=False)),
        sent=Count("pk", filter=Q(state=LetterState.SENT)),
        dropped=Count("pk", filter=Q(state=LetterState.DROPPED)),
        failed=Count("pk", filter=failed),
    )
    return Standing(**counts)


@dataclass(frozen=True, slots=True)
class Row:
    """One letter of the outbox with what it tells, in words."""

    letter: Letter
    words: Sequence[str]


def rows_of(letters: Iterable[Letter]) -> list[Row]:
    """Return the letters with how much of what they tell, in one query more."""
    shown = list(letters)
    still_open = [one.pk for one in shown if one.state == LetterState.OPEN]
    counted = Notice.objects.current().filter(letter__in=still_open).values("letter", "kind").annotate(Count("pk"))
    counts: dict[int, Counter[str]] = {}
    for row in counted:
        counts.setdefault(row["letter"], Counter())[row["kind"]] = row["pk__count"]
    return [Row(one, words_of(counts.get(one.pk, one.counts))) for one in shown]


def words_of(counts: Mapping[str, int]) -> list[str]:
    """Return «3 new offers», «1 change», «2 reminders»: what there is of it."""
    offers = counts.get(NoticeKind.OFFERED, 0)
    changes = sum(counts.get(kind, 0) for kind in CHANGES)
    reminders = sum(counts.get(kind, 0) for kind in REMINDERS)
    words = [
        (offers, ngettext("%(count)s new offer", "%(count)s new offers", offers)),
        (changes, ngettext("%(count)s change", "%(count)s changes", changes)),
        (reminders, ngettext("%(count)s reminder", "%(count)s reminders", reminders)),
    ]
    return [text % {"count": count} for count, text in words if count]


def letters_of(season: Season, *, show: str) -> LetterQuerySet:
    """Return the season's letters in one state: those held back, then those that go first; closed ones latest first."""
    rows = Letter.objects.filter(season=season, state=show).select_related("observer__user", "mail").defer("body")
    if show == LetterState.OPEN:
        return rows.order_by("-is_held", "send_at", "pk")
    return rows.order_by(F("closed_at").desc(), "-pk")


def news_of(letter: Letter) -> list[Notice]:
    """Return what a letter tells, or told, in the order of the weeks."""
    rows = letter.notices.select_related("assignment__participant", "noted_by")
    told = rows.current() if letter.state == LetterState.OPEN else rows
    return list(told.order_by("assignment__week", "assignment__weekday", "pk"))


def preview_of(letter: Letter, news: Sequence[Notice], *, now: datetime) -> Mail | None:
    """Return exactly what is sent, if it is sent now, or was; nothing if nothing is."""
    if letter.state == LetterState.SENT:
        return Mail(subject=letter.subject, body=letter.body)
    user = letter.observer.user
    if letter.state == LetterState.DROPPED or user is None or not news:
        return None
    return digest(letter, news, language=user.language, name=user.first_name, now=now)


def held_letters(user: User) -> LetterQuerySet:
    """Return the letters that wait for a manager."""
    return Letter.objects.visible_to(user).held()


# The observer's side


@dataclass(frozen=True, kw_only=True)
class OfferWeek:
    """The offers of one week, each with its advised time; ``is_locked`` while their season's manual is unread."""

    season: Season
    week: str
    offers: Sequence[tuple[Task, Mapping[str, object]]]
    is_locked: bool

    @property
    def answer_by(self) -> datetime | None:
        """When the first of the offers lapses."""
        until = [task.assignment.answer_by for task, _advice in self.offers if task.assignment.answer_by]
        return min(until, default=None)


@dataclass(frozen=True, kw_only=True)
class Offers:
    """What waits for the observer's answer, and the manuals to be read before."""

    weeks: Sequence[OfferWeek]
    unread: Sequence[Season]

    @property
    def count(self) -> int:
        """How many offers there are."""
        return sum(len(one.offers) for one in self.weeks)


def offers_of(user: User, *, now: datetime) -> Offers:
    """Return the observer's offers by week, in two queries."""
    rows = list(own_assignments(user).filter(state=AssignmentState.OFFERED))
    seasons = {row.season_id: row.season for row in rows}
    unread = unread_manuals(user, seasons)
    by_week: dict[tuple[int, str], list[tuple[Task, Mapping[str, object]]]] = {}
    for row in rows:
        by_week.setdefault((row.season_id, row.week), []).append((task_of(row, None, now=now), advice_of(row)))
    weeks = [
        OfferWeek(season=seasons[season], week=week, offers=own, is_locked=season in unread)
        for (season, week), own in by_week.items()
    ]
    return Offers(weeks=weeks, unread=[seasons[key] for key in sorted(unread)])


def told_of(assignment: Assignment) -> list[Notice]:
    """Return what observers have been told, or soon will be, about a contact: the latest first."""
    rows = Notice.objects.filter(assignment=assignment).select_related("letter__observer", "letter__mail")
    return list(rows.defer("letter__body").order_by("-pk"))
