"""When a season takes applications, and which weeks observers can offer it."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import get_language

from ksp.lib.calendar import WorkingCalendar, holiday_name, is_weekend
from ksp.lib.weeks import IsoWeek
from participants.models import Season
from participants.workflow import SeasonState

TAKES_APPLICATIONS = frozenset({SeasonState.PREPARING, SeasonState.OPEN})


@dataclass(frozen=True, slots=True)
class OfferedWeek:
    """One week of a season with its dates, how many days contacts can be made on, and its public holidays."""

    week: str
    first: date
    last: date
    working_days: int
    holidays: tuple[str, ...]


def last_day_to_apply(season: Season) -> date:
    """Return the day that the season names for it, else its own last day."""
    named = season.settings.applications_until
    return min(date.fromisoformat(named), season.ends_on) if named else season.ends_on


def takes_applications(season: Season, *, today: date) -> bool:
    """Tell whether observers can apply: the season is prepared or under way, and its deadline is not past."""
    return season.state in TAKES_APPLICATIONS and today <= last_day_to_apply(season) and today < season.ends_on


def offered_weeks(season: Season) -> list[OfferedWeek]:
    """Return every week of the season with enough working days for contacts."""
    settings = season.settings
    calendar = WorkingCalendar(closed_on=frozenset(date.fromisoformat(day) for day in settings.closed_on))
    weeks = IsoWeek.range(IsoWeek.of(season.starts_on), IsoWeek.of(season.ends_on))
    offered = [_offered(week, season, calendar) for week in weeks]
    return [week for week in offered if week.working_days >= settings.least_working_days]


def _offered(week: IsoWeek, season: Season, calendar: WorkingCalendar) -> OfferedWeek:
    first, last = max(week.days()[0], season.starts_on), min(week.days()[4], season.ends_on)
    language = get_language() or "nb"
    names = [holiday_name(day, language) for day in week.days() if first <= day <= last and not is_weekend(day)]
    return OfferedWeek(
        week=str(week),
        first=first,
        last=last,
        working_days=len(calendar.working_days(first, last)) if first <= last else 0,
        holidays=tuple(name for name in names if name),
    )
