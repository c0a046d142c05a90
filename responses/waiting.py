"""What became of the attempts to reach a centre: answered how fast, to be tried again, or never answered."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from math import ceil
from typing import Protocol
from zoneinfo import ZoneInfo

OSLO = ZoneInfo("Europe/Oslo")
SATURDAY = 6
NO_ANSWER = "none"
LATE = "late"
Steps = Sequence[tuple[str, int | None]]
_TIMED = re.compile(r"a([0-9]+)_[0-9]+")
_DATED = re.compile(r"d[0-9]+")


class StepMissing(ValueError):
    """The season waits longer than its waiting question has options for."""


class WorkingCalendar(Protocol):
    """The days and hours in which contacts are made; ``ksp.lib.calendar`` has the Norwegian one."""

    def is_working_day(self, day: date) -> bool: ...

    def is_within_hours(self, moment: datetime) -> bool: ...

    def first_working_day(self, day: date) -> date: ...

    def add_working_days(self, day: date, count: int) -> date: ...

    def working_day_number(self, sent: datetime, answered: datetime) -> int: ...

    def next_contact_time(self, moment: datetime) -> datetime: ...


class Reason(StrEnum):
    """Why the outcome is what it is."""

    NOT_STARTED = "not_started"
    WAITING = "waiting"
    ANSWERED = "answered"
    ANSWERED_LATE = "answered_late"
    SECOND_ATTEMPT = "second_attempt"
    NO_ANSWER = "no_answer"


class Problem(StrEnum):
    """What is wrong with the times of an attempt."""

    IN_FUTURE = "in_future"
    ANSWERED_BEFORE_STARTED = "answered_before_started"
    ENDED_BEFORE_STARTED = "ended_before_started"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    OUTSIDE_HOURS = "outside_hours"
    EMAIL_AFTER_NOON = "email_after_noon"
    TOO_MANY_ATTEMPTS = "too_many_attempts"
    SECOND_SAME_DAY = "second_same_day"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call, message or e-mail. Times need a time zone and are kept in UTC.

    ``answered_at`` is when a person, or the chat itself, answered; an automatic confirmation is no answer
    and belongs in ``confirmed_at``. ``ended_at`` is when the observer gave up or the line was closed.
    """

    number: int
    started_at: datetime
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    confirmed_at: datetime | None = None

    def __post_init__(self) -> None:
        for name in ("started_at", "answered_at", "ended_at", "confirmed_at"):
            if (moment := getattr(self, name)) is not None:
                object.__setattr__(self, name, _utc(moment))


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingRules:
    """How long an observer waits by each method; a season may have its own.

    Phone, chat and Messenger have a limit in seconds and another attempt on another day; e-mail has one in
    working days and a single attempt, sent before ``email_before``.
    """

    phone_seconds: int = 300
    chat_seconds: int = 300
    messenger_seconds: int = 1800
    email_days: int = 3
    email_before: time = time(12)
    attempts: int = 2

    def __post_init__(self) -> None:
        for name in ("phone_seconds", "chat_seconds", "messenger_seconds", "email_days", "attempts"):
            if getattr(self, name) < 1:
                message = f"{name} must be at least 1."
                raise ValueError(message)

    def limit(self, method: str) -> timedelta:
        """Return how long an answer by phone, chat or Messenger is waited for."""
        seconds = {
            "phone": self.phone_seconds,
            "chat": self.chat_seconds,
            "messenger": self.messenger_seconds,
        }
        return timedelta(seconds=seconds[method])

    def most_attempts(self, method: str) -> int:
        """Return how many attempts are made before the contact counts as unanswered."""
        return 1 if method == "email" else self.attempts


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the attempts have come to so far.

    ``option`` is the answer to the waiting question, set once nothing can change it (``is_final``): only then
    may the report be written. ``waits_until`` is when the running attempt is over; ``retry_from`` the earliest
    time for another attempt, and ``retry_in_same_week`` whether that is within the week of the last one.
    """

    reason: Reason
    option: str | None = None
    attempt: int | None = None
    seconds: int | None = None
    working_day: int | None = None
    waits_until: datetime | None = None
    retry_from: datetime | None = None
    retry_in_same_week: bool | None = None

    @property
    def is_final(self) -> bool:
        """Nothing that happens from now on changes the outcome."""
        return self.option is not None

    @property
    def is_answered(self) -> bool:
        """The centre answered in time, or late in the way that Messenger allows."""
        return self.reason in {Reason.ANSWERED, Reason.ANSWERED_LATE}

    @property
    def needs_second_attempt(self) -> bool:
        """The observer has to try again, from ``retry_from`` on."""
        return self.reason is Reason.SECOND_ATTEMPT


def waiting_outcome(
    method: str,
    attempts: Sequence[Attempt],
    *,
    options: Steps,
    calendar: WorkingCalendar,
    now: datetime,
    rules: WaitingRules | None = None,
) -> Outcome:
    """Return what the attempts have come to at ``now``; attempts beyond the allowed ones do not count.

    ``options`` are the codes and values of the method's waiting question: ``a1_30`` is an answer to the first
    attempt within its value in seconds, ``d2`` an answer on that working day, ``late`` and ``none`` the rest.
    """
    rules, now = rules or WaitingRules(), _utc(now)
    tried = sorted(attempts, key=lambda attempt: attempt.number)[: rules.most_attempts(method)]
    if not tried:
        return Outcome(reason=Reason.NOT_STARTED)
    for attempt in tried:
        if attempt.answered_at is not None and attempt.answered_at < attempt.started_at:
            message = f"Attempt {attempt.number} was answered before it started."
            raise ValueError(message)
    if method == "email":
        return _email_outcome(tried[0], options=options, calendar=calendar, now=now, rules=rules)
    outcome = _live_outcome(method, tried, options=options, now=now, rules=rules)
    if outcome.needs_second_attempt:
        return _with_retry(outcome, tried[-1], calendar=calendar, now=now)
    return outcome


def has_all_steps(method: str, *, options: Steps, rules: WaitingRules) -> bool:
    """Tell whether every outcome that the rules allow has an option, as it must before a season opens."""
    if NO_ANSWER not in dict(options):
        return False
    try:
        if method == "email":
            _dated_step(options, number=rules.email_days)
        else:
            seconds = int(rules.limit(method).total_seconds())
            for number in range(1, rules.attempts + 1):
                _timed_step(options, number=number, seconds=seconds)
    except StepMissing:
        return False
    return True


def _live_outcome(
    method: str, tried: Sequence[Attempt], *, options: Steps, now: datetime, rules: WaitingRules
) -> Outcome:
    """Phone, chat, Messenger: the first attempt answered within the limit decides."""
    limit = rules.limit(method)
    for attempt in tried:
        if attempt.answered_at is not None and attempt.answered_at - attempt.started_at <= limit:
            seconds = _seconds(attempt)
            return Outcome(
                reason=Reason.ANSWERED,
                option=_timed_step(options, number=attempt.number, seconds=seconds),
                attempt=attempt.number,
                seconds=seconds,
            )
    if (late := _late_answer(tried, options=options)) is not None:
        return late
    last = tried[-1]
    if _is_running(last, limit=limit, now=now):
        return Outcome(reason=Reason.WAITING, attempt=last.number, waits_until=last.started_at + limit)
    if len(tried) < rules.attempts:
        return Outcome(reason=Reason.SECOND_ATTEMPT, attempt=last.number)
    return Outcome(reason=Reason.NO_ANSWER, option=NO_ANSWER, attempt=last.number)


def _late_answer(tried: Sequence[Attempt], *, options: Steps) -> Outcome | None:
    """Messenger: an answer after the limit counts as late if it came before the second attempt."""
    first, answered_at = tried[0], tried[0].answered_at
    if answered_at is None or LATE not in dict(options):
        return None
    if len(tried) > 1 and answered_at >= tried[1].started_at:
        return None
    return Outcome(reason=Reason.ANSWERED_LATE, option=LATE, attempt=first.number, seconds=_seconds(first))


def _is_running(attempt: Attempt, *, limit: timedelta, now: datetime) -> bool:
    over = attempt.ended_at is not None or attempt.answered_at is not None
    return not over and now <= attempt.started_at + limit


def _with_retry(outcome: Outcome, last: Attempt, *, calendar: WorkingCalendar, now: datetime) -> Outcome:
    """Add when the next attempt may begin: another working day, within the contact hours."""
    tried_on = _local_date(last.started_at)
    next_day = datetime.combine(tried_on + timedelta(days=1), time(), tzinfo=OSLO)
    retry_from = calendar.next_contact_time(max(next_day, now))
    same_week = retry_from.isocalendar()[:2] == tried_on.isocalendar()[:2]
    return replace(outcome, retry_from=retry_from, retry_in_same_week=same_week)


def _email_outcome(
    sent: Attempt, *, options: Steps, calendar: WorkingCalendar, now: datetime, rules: WaitingRules
) -> Outcome:
    """E-mail and contact form: the working day of the answer decides, the day of sending being the first."""
    first = calendar.first_working_day(_local_date(sent.started_at))
    last = calendar.add_working_days(first, rules.email_days - 1)
    over_at = datetime.combine(last + timedelta(days=1), time(), tzinfo=OSLO).astimezone(UTC)
    if sent.answered_at is not None and sent.answered_at < over_at:
        number = calendar.working_day_number(sent.started_at, sent.answered_at)
        return Outcome(
            reason=Reason.ANSWERED,
            option=_dated_step(options, number=number),
            attempt=sent.number,
            seconds=_seconds(sent),
            working_day=number,
        )
    if sent.answered_at is None and now < over_at:
        return Outcome(reason=Reason.WAITING, attempt=sent.number, waits_until=over_at)
    return Outcome(reason=Reason.NO_ANSWER, option=NO_ANSWER, attempt=sent.number)


def _timed_step(options: Steps, *, number: int, seconds: int) -> str:
    steps = [
        (value, code)
        for code, value in options
        if value is not None and value >= seconds and (found := _TIMED.fullmatch(code)) and int(found[1]) == number
    ]
    return _nearest(steps, what=f"attempt {number} after {seconds} seconds")


def _dated_step(options: Steps, *, number: int) -> str:
    steps = [
        (value, code) for code, value in options if value is not None and value >= number and _DATED.fullmatch(code)
    ]
    return _nearest(steps, what=f"working day {number}")


def _nearest(steps: Sequence[tuple[int, str]], *, what: str) -> str:
    if not steps:
        message = f"The waiting question has no option for an answer on {what}."
        raise StepMissing(message)
    return min(steps)[1]


def _seconds(attempt: Attempt) -> int:
    """Whole seconds begun: 30.2 seconds are more than 30, so they count as 31."""
    answered_at = attempt.answered_at or attempt.started_at
    return ceil((answered_at - attempt.started_at).total_seconds())


def _local_date(moment: datetime) -> date:
    return moment.astimezone(OSLO).date()


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        message = f"{moment.isoformat()} has no time zone."
        raise ValueError(message)
    return moment.astimezone(UTC)


def check_attempt(
    method: str,
    attempt: Attempt,
    *,
    earlier: Sequence[Attempt],
    calendar: WorkingCalendar,
    now: datetime,
    rules: WaitingRules | None = None,
) -> list[Problem]:
    """Return everything that is wrong with an attempt made after the ``earlier`` ones of the same contact."""
    rules = rules or WaitingRules()
    return [
        *_clock_problems(attempt, now=_utc(now)),
        *_day_problems(attempt, calendar=calendar),
        *_method_problems(method, attempt, earlier=earlier, rules=rules),
    ]


def _clock_problems(attempt: Attempt, *, now: datetime) -> Iterator[Problem]:
    moments = (attempt.started_at, attempt.answered_at, attempt.ended_at)
    if any(moment is not None and moment > now for moment in moments):
        yield Problem.IN_FUTURE
    if attempt.answered_at is not None and attempt.answered_at < attempt.started_at:
        yield Problem.ANSWERED_BEFORE_STARTED
    if attempt.ended_at is not None and attempt.ended_at < attempt.started_at:
        yield Problem.ENDED_BEFORE_STARTED


def _day_problems(attempt: Attempt, *, calendar: WorkingCalendar) -> Iterator[Problem]:
    day = _local_date(attempt.started_at)
    if day.isoweekday() >= SATURDAY:
        yield Problem.WEEKEND
    elif not calendar.is_working_day(day):
        yield Problem.HOLIDAY
    if not calendar.is_within_hours(attempt.started_at):
        yield Problem.OUTSIDE_HOURS


def _method_problems(
    method: str, attempt: Attempt, *, earlier: Sequence[Attempt], rules: WaitingRules
) -> Iterator[Problem]:
    started = attempt.started_at.astimezone(OSLO)
    if method == "email" and started.time() >= rules.email_before:
        yield Problem.EMAIL_AFTER_NOON
    if len(earlier) >= rules.most_attempts(method):
        yield Problem.TOO_MANY_ATTEMPTS
    if any(_local_date(other.started_at) >= started.date() for other in earlier):
        yield Problem.SECOND_SAME_DAY
