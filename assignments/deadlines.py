"""By when a contact is to be made, and how urgent that is."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ksp.lib.calendar import NORWAY, OSLO, local_date
from ksp.lib.formatting import clock, long_date, weekday_date
from ksp.lib.weeks import IsoWeek
from participants.season_settings import SeasonSettings

FRIDAY = 5
LAST_HOUR = 15
LONG_AGO = 14
SOON = 7
END_OF_DAY = time(23, 59, 59)


@dataclass(frozen=True)
class Urgency:
    """How the time left of a contact is shown: a few words, and the tone of their chip."""

    text: str
    variant: str


def deadline_of(week: str, *, method: str, email_hour: int) -> datetime:
    """Return when the last hour of contacts in the week is over; e-mail is sent before ``email_hour``."""
    parsed = IsoWeek.parse(week)
    days = [day for day in parsed.days() if NORWAY.is_working_day(day)]
    day = days[-1] if days else parsed.days()[FRIDAY - 1]
    hour = email_hour if method == "email" else LAST_HOUR
    return datetime(day.year, day.month, day.day, hour, tzinfo=OSLO)


def answer_by(week: str, *, method: str, settings: SeasonSettings, now: datetime) -> datetime:
    """Return until when an offer that is made known now stands: to the end of a day, but not beyond its own week."""
    last = local_date(now) + timedelta(days=settings.offer_days)
    stands = datetime.combine(last, END_OF_DAY, OSLO)
    deadline = deadline_of(week, method=method, email_hour=settings.email_latest_hour)
    return deadline if now < deadline < stands else stands


def urgency_of(deadline: datetime, *, method: str, now: datetime) -> Urgency:
    """Return the words for the time that is left until the deadline, or has passed since."""
    if now >= deadline:
        return Urgency(_overdue(deadline, now=now), "late")
    days = (local_date(deadline) - local_date(now)).days
    if days == 0:
        return Urgency(_today(method) % {"time": clock(deadline)}, "late")
    if days == 1:
        return Urgency(_tomorrow(method) % {"time": clock(deadline)}, "soon")
    if days <= SOON:
        return Urgency(ngettext("%(count)s day left", "%(count)s days left", days) % {"count": days}, "plain")
    return Urgency(_("By %(day)s") % {"day": weekday_date(localtime(deadline))}, "plain")


def _today(method: str) -> str:
    if method == "phone":
        return _("Call before %(time)s today")
    if method == "email":
        return _("Send before %(time)s today")
    return _("Write before %(time)s today")


def _tomorrow(method: str) -> str:
    if method == "phone":
        return _("Call before %(time)s tomorrow")
    if method == "email":
        return _("Send before %(time)s tomorrow")
    return _("Write before %(time)s tomorrow")


def _overdue(deadline: datetime, *, now: datetime) -> str:
    days = (local_date(now) - local_date(deadline)).days
    if days == 0:
        return _("Should be made before %(time)s today") % {"time": clock(deadline)}
    if days <= LONG_AGO:
        return ngettext("%(count)s day over", "%(count)s days over", days) % {"count": days}
    return _("Should be made by %(day)s") % {"day": long_date(localtime(deadline), with_year=True)}
