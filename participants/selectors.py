"""Reads seasons, participants and how far they are prepared."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Sum
from django.db.models.functions import Coalesce

from ksp.accounts.models import User
from participants.models import Season
from participants.workflow import SeasonState


def seasons_of(user: User) -> list[Season]:
    """Return the seasons that the person may see, the latest first; at most one query."""
    return list(Season.objects.visible_to(user).current_first())


def current_season(seasons: Sequence[Season], code: str = "") -> Season | None:
    """Return the season with this code, else the one that is under way, else the latest; none if there is none."""
    named = [season for season in seasons if season.code == code]
    under_way = [season for season in seasons if season.state in {SeasonState.OPEN, SeasonState.PAUSED}]
    return next(iter([*named, *under_way, *seasons]), None)


@dataclass(frozen=True, slots=True)
class Figures:
    """How large a season is, and how many participants have told their employees."""

    participants: int
    classes: int
    contacts: int
    informed: int


def figures_of(season: Season) -> Figures:
    """Count a season's participants, classes and planned contacts in one query."""
    counts = season.enrolments.aggregate(
        participants=Count("pk"),
        classes=Count("award_class", distinct=True),
        contacts=Coalesce(Sum("planned_contacts"), 0),
        informed=Count("employees_informed_on"),
    )
    return Figures(**counts)
