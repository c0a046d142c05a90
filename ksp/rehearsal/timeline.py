"""When everything about one contact happens: attempts, writing, submission, review."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

import numpy as np

from ksp.lib.calendar import NORWAY, OSLO, WorkingCalendar
from ksp.lib.weeks import IsoWeek
from ksp.rehearsal.answers import Wait
from responses.waiting import Attempt

SLOT_MINUTES: Final = 115
# E-mail of the first slot is sent between nine and half past eleven.
EMAIL_MINUTES: Final = 150
LIMITS: Final = {"phone": 300, "chat": 300, "messenger": 1_800}
EMAIL_DAYS: Final = 3
# Reports are read one to three working days after they come in; a few wait longer.
REVIEW_DAYS: Final = np.array([0.55, 0.88, 0.97])
# Of those who do not write at once, so many do the day after.
NEXT_DAY: Final = 0.8
NIGHT, MORNING = 23, 7
RETURNED: Final = 0.06
REJECTED: Final = 0.008


@dataclass(frozen=True)
class Timeline:
    """The moments of one contact, whether they have come or not. ``over_at`` is when its outcome is known."""

    started_at: datetime
    attempts: Sequence[Attempt]
    over_at: datetime
    submitted_at: datetime
    reviewed_at: datetime
    verdict: str
    mended_at: datetime
    approved_at: datetime

    def attempts_until(self, now: datetime) -> list[Attempt]:
        """Return the attempts as they stand at ``now``: some not begun, one perhaps without an answer yet."""
        return [_as_of(attempt, now) for attempt in self.attempts if attempt.started_at <= now]

    def days_to_write(self) -> int:
        """Return how many whole days the report took."""
        return (self.submitted_at - self.over_at).days


def _as_of(attempt: Attempt, now: datetime) -> Attempt:
    answered_at = attempt.answered_at if attempt.answered_at is None or attempt.answered_at <= now else None
    ended_at = attempt.ended_at if attempt.ended_at is None or attempt.ended_at <= now else None
    return Attempt(attempt.number, attempt.started_at, answered_at, ended_at)


@dataclass(frozen=True)
class Appointment:
    """When and how a contact is to be made."""

    method: str
    week: IsoWeek
    weekday: int
    slot: str


def draw_timeline(
    appointment: Appointment,
    waits: Sequence[Wait],
    *,
    calendar: WorkingCalendar,
    diligence: float,
    rng: np.random.Generator,
) -> Timeline:
    """Return when everything happens; all attempts lie on working days within the contact hours."""
    first = _first_attempt(appointment, calendar, rng)
    attempts = [_attempt(appointment.method, 1, first, waits[0])]
    for wait in waits[1:]:
        again = _second_attempt(first, appointment.week, calendar, rng)
        attempts.append(_attempt(appointment.method, 2, again, wait))
    over_at = _over_at(appointment.method, attempts[-1])
    submitted_at = _daytime(over_at + _writing_time(diligence, rng)).replace(microsecond=0)
    reviewed_at = _review_time(submitted_at, calendar, rng)
    mended_at = _daytime(reviewed_at + timedelta(hours=float(rng.uniform(4, 76)))).replace(microsecond=0)
    draw = rng.random()
    return Timeline(
        started_at=first,
        attempts=attempts,
        over_at=over_at,
        submitted_at=submitted_at,
        reviewed_at=reviewed_at,
        verdict="reject" if draw < REJECTED else "return" if draw < REJECTED + RETURNED else "approve",
        mended_at=mended_at,
        approved_at=_review_time(mended_at, calendar, rng),
    )


def _first_attempt(appointment: Appointment, calendar: WorkingCalendar, rng: np.random.Generator) -> datetime:
    """Return a moment on the advised day and in the advised hours."""
    day = appointment.week.monday() + timedelta(days=appointment.weekday - 1)
    if not calendar.is_working_day(day):
        day = calendar.first_working_day(appointment.week.monday())
    minutes = EMAIL_MINUTES if appointment.method == "email" else SLOT_MINUTES
    opens = time(9) if appointment.method == "email" else time(int(appointment.slot or 9))
    return _moment(day, opens, float(rng.uniform(0, minutes)) * 60)


def _second_attempt(first: datetime, week: IsoWeek, calendar: WorkingCalendar, rng: np.random.Generator) -> datetime:
    """Return a moment on another day, in the same week if there is one left."""
    tried_on = first.astimezone(OSLO).date()
    left = calendar.working_days(tried_on + timedelta(days=1), week.sunday())
    day = left[int(rng.integers(len(left)))] if left else calendar.add_working_days(tried_on, 1)
    return _moment(day, time(9), float(rng.uniform(0, 5.8)) * 3600)


def _attempt(method: str, number: int, started_at: datetime, wait: Wait) -> Attempt:
    if method == "email":
        answered_at = _email_answer(started_at, wait) if wait.is_answered else None
        return Attempt(number, started_at, answered_at)
    if wait.is_answered:
        return Attempt(number, started_at, started_at + timedelta(seconds=wait.seconds))
    return Attempt(number, started_at, None, started_at + timedelta(seconds=LIMITS[method] + 2))


def _email_answer(sent: datetime, wait: Wait) -> datetime:
    """Return when the answer came: the same day some time after, or in the course of a later working day."""
    if wait.day == 1:
        return sent + timedelta(seconds=min(wait.seconds, 4 * 3600))
    day = NORWAY.add_working_days(sent.astimezone(OSLO).date(), wait.day - 1)
    return _moment(day, time(8), wait.seconds * 1.6)


def _over_at(method: str, last: Attempt) -> datetime:
    if last.answered_at is not None:
        return last.answered_at
    if method == "email":
        day = NORWAY.add_working_days(last.started_at.astimezone(OSLO).date(), EMAIL_DAYS - 1)
        return _moment(day + timedelta(days=1), time(8), 0)
    return last.ended_at or last.started_at


def _writing_time(diligence: float, rng: np.random.Generator) -> timedelta:
    """Most write at once, some in the evening or the day after, a few put it off."""
    if rng.random() < 0.45 + 0.45 * diligence:
        return timedelta(minutes=float(rng.uniform(14, 170)))
    if rng.random() < NEXT_DAY:
        return timedelta(hours=float(rng.uniform(4, 30)))
    return timedelta(days=float(rng.uniform(1.5, 4)))


def _daytime(moment: datetime) -> datetime:
    """Return the moment, or one the next morning where people sleep."""
    local = moment.astimezone(OSLO)
    if local.hour >= NIGHT or local.hour < MORNING:
        day = local.date() + timedelta(days=local.hour >= NIGHT)
        return _moment(day, time(8), local.minute * 60 + local.second)
    return moment


def _review_time(after: datetime, calendar: WorkingCalendar, rng: np.random.Generator) -> datetime:
    days = 1 + int(np.searchsorted(REVIEW_DAYS, rng.random()))
    day = calendar.add_working_days(after.astimezone(OSLO).date(), days)
    return _moment(day, time(8, 30), float(rng.uniform(0, 7)) * 3600)


def _moment(day: date, opens: time, seconds: float) -> datetime:
    return datetime.combine(day, opens, OSLO) + timedelta(seconds=int(seconds))
