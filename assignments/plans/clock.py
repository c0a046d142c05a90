"""What day it is for a season, and from which week on contacts can still be planned anew."""

from datetime import date, datetime, timedelta

from django.db.models import Max

from assignments.models import Assignment
from assignments.plans.weeks import OpenWeek
from assignments.workflow import AssignmentState
from ksp.lib.calendar import local_date
from ksp.lib.weeks import IsoWeek
from participants.models import Season

# A new observer has so many open days of a week left at least, today not counted.
LEAST_DAYS_LEFT = 2


def day_of(season: Season, now: datetime) -> date:
    """Return what day it is; where a season's last day is past, the day after the last week with a finished contact.

    So a season that took place long ago, and is played again, can be repaired as it could have been then.
    """
    today = local_date(now)
    if today <= season.ends_on:
        return today
    done = Assignment.objects.filter(season=season, state=AssignmentState.DONE).aggregate(last=Max("week"))["last"]
    return IsoWeek.parse(done).monday() + timedelta(days=7) if done else season.starts_on


def first_week(weeks: list[OpenWeek], today: date) -> int:
    """Return the number of the first week in which a contact can still be given to somebody."""
    this_week = IsoWeek.of(today)
    for place, item in enumerate(weeks):
        if item.week > this_week:
            return place
        left = sum(day > today.isoweekday() for day in item.weekdays)
        if item.week == this_week and left >= LEAST_DAYS_LEFT:
            return place
    return len(weeks)
