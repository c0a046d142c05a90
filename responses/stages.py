"""How a contact stands: what its attempts have come to, in words, and what the observer can do next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from ksp.lib.calendar import OSLO
from ksp.lib.formatting import clock, duration, weekday_date
from responses.models import ContactAttempt, SurveyResponse
from responses.outcomes import CALENDAR, outcome_of, waiting_rules
from responses.waiting import Outcome, Reason, WaitingRules

EMAIL: Final = "email"
MESSENGER: Final = "messenger"


class Step(StrEnum):
    """What comes next in a contact."""

    START = "start"
    RUNNING = "running"
    SENT = "sent"
    ANSWERED = "answered"
    UNANSWERED = "unanswered"


STEP_OF: Final = {
    Reason.NOT_STARTED: Step.START,
    Reason.SECOND_ATTEMPT: Step.START,
    Reason.WAITING: Step.RUNNING,
    Reason.ANSWERED: Step.ANSWERED,
    Reason.ANSWERED_LATE: Step.ANSWERED,
    Reason.NO_ANSWER: Step.UNANSWERED,
}


@dataclass(frozen=True, kw_only=True)
class Stage:
    """What the attempts of a report have come to at ``now``."""

    method: str
    attempts: Sequence[ContactAttempt]
    outcome: Outcome
    rules: WaitingRules
    now: datetime

    @property
    def step(self) -> Step:
        """What comes next."""
        step = STEP_OF[self.outcome.reason]
        return Step.SENT if step is Step.RUNNING and self.is_email else step

    @property
    def is_email(self) -> bool:
        """The contact is made in writing, with days to answer in."""
        return self.method == EMAIL

    @property
    def number(self) -> int:
        """The number of the attempt that runs, or that comes next."""
        return len(self.attempts) + (self.step is Step.START)

    @property
    def latest(self) -> ContactAttempt | None:
        """The attempt that can be ended and corrected."""
        return self.attempts[-1] if self.attempts else None

    @property
    def limit(self) -> timedelta | None:
        """How long an answer is waited for, where a clock measures it."""
        return None if self.is_email else self.rules.limit(self.method)

    @property
    def seconds_left(self) -> int:
        """What is left of the running attempt."""
        until = self.outcome.waits_until
        return max(0, round((until - self.now).total_seconds())) if until else 0

    @property
    def can_answer_late(self) -> bool:
        """An answer to the latest attempt still changes something, though its time is over."""
        waits = self.step is Step.START and bool(self.attempts)
        return waits and self.method == MESSENGER

    @property
    def opens_at(self) -> datetime | None:
        """When the next attempt can be started with the clock; none when that is now."""
        moment = self.outcome.retry_from or self.now
        opens = CALENDAR.next_contact_time(max(moment, self.now))
        if self.is_email and opens.time() >= self.rules.email_before:
            following = CALENDAR.add_working_days(opens.date(), 1)
            opens = datetime.combine(following, CALENDAR.opens, tzinfo=OSLO)
        return None if opens <= self.now else opens

    @property
    def words(self) -> str:
        """The outcome as a sentence."""
        return _WORDS[self.outcome.reason](self)

    @property
    def history(self) -> list[tuple[ContactAttempt, str]]:
        """Each attempt with how it ended, in words."""
        return [(attempt, self._ended(attempt)) for attempt in self.attempts]

    def _ended(self, attempt: ContactAttempt) -> str:
        if attempt.answered_at is not None:
            waited = attempt.answered_at - attempt.started_at
            if self.is_email:
                return _("answered %(when)s") % {"when": when(attempt.answered_at)}
            return _("answered after %(time)s") % {"time": duration(_whole_seconds(waited))}
        if attempt is self.latest and self.step in {Step.RUNNING, Step.SENT}:
            return _("under way")
        return _("no answer")


def stage_of(response: SurveyResponse, attempts: Sequence[ContactAttempt], *, now: datetime) -> Stage:
    """Return how the contact of the report stands."""
    return Stage(
        method=response.method,
        attempts=attempts,
        outcome=outcome_of(response, attempts, now=now),
        rules=waiting_rules(response.season.settings),
        now=now,
    )


def when(moment: datetime) -> str:
    """Return «mandag 6. desember kl. 09.00»."""
    glue = _("%(day)s at %(time)s")
    return glue % {"day": weekday_date(localtime(moment)), "time": clock(moment)}


def next_time(moment: datetime, *, now: datetime) -> str:
    """Return when something is possible: «i morgen fra kl. 09.00», «mandag fra kl. 09.00», else with the date."""
    day, today = localtime(moment).date(), localtime(now).date()
    return _("%(day)s from %(time)s") % {"day": _day_words((day - today).days, moment), "time": clock(moment)}


def _day_words(days: int, moment: datetime) -> str:
    if days == 0:
        return _("today")
    if days == 1:
        return _("tomorrow")
    return weekday_date(localtime(moment))


def _whole_seconds(waited: timedelta) -> int:
    return -int(-waited.total_seconds() // 1)


def _answered(stage: Stage) -> str:
    if stage.is_email:
        return _("Answer on working day %(day)s") % {"day": stage.outcome.working_day}
    words = {"time": duration(stage.outcome.seconds), "number": stage.outcome.attempt}
    return _("Answer after %(time)s in attempt %(number)s") % words


def _answered_late(stage: Stage) -> str:
    return _("Answer after %(time)s, before a second attempt") % {"time": duration(stage.outcome.seconds)}


def _no_answer(stage: Stage) -> str:
    return _("No answer within the limit") if stage.is_email else _("No answer in any attempt")


def _second_attempt(stage: Stage) -> str:
    if stage.opens_at is None:
        return _("No answer in attempt 1. You can try again now.")
    words = {"when": next_time(stage.outcome.retry_from or stage.now, now=stage.now)}
    return _("No answer in attempt 1. Try again %(when)s.") % words


def _waiting(stage: Stage) -> str:
    until = stage.outcome.waits_until or stage.now
    if stage.is_email:
        last_day = weekday_date(localtime(until - timedelta(seconds=1)))
        return _("Sent. An answer counts up to and including %(day)s.") % {"day": last_day}
    return _("Attempt %(number)s is under way") % {"number": stage.outcome.attempt}


_WORDS: Final = {
    Reason.NOT_STARTED: lambda _stage: _("Not started"),
    Reason.WAITING: _waiting,
    Reason.ANSWERED: _answered,
    Reason.ANSWERED_LATE: _answered_late,
    Reason.SECOND_ATTEMPT: _second_attempt,
    Reason.NO_ANSWER: _no_answer,
}
