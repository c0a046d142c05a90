"""How observers are told apart when a team is mixed: age groups, and the counties they can live in."""

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _


class AgeGroup(models.TextChoices):
    """How old an observer is, in four groups."""

    YOUNG = "18-29", _("18–29 years")
    YOUNGER = "30-44", _("30–44 years")
    OLDER = "45-59", _("45–59 years")
    OLD = "60-", _("60 years or more")


# The youngest age of each group.
AGES: Final = {AgeGroup.YOUNG: 0, AgeGroup.YOUNGER: 30, AgeGroup.OLDER: 45, AgeGroup.OLD: 60}
# The counties of today, as the alphabet has them.
COUNTIES: Final = (
    "Agder",
    "Akershus",
    "Buskerud",
    "Finnmark",
    "Innlandet",
    "Møre og Romsdal",
    "Nordland",
    "Oslo",
    "Rogaland",
    "Telemark",
    "Troms",
    "Trøndelag",
    "Vestfold",
    "Vestland",
    "Østfold",
)


def age_group(birth_year: int | None, *, year: int) -> AgeGroup | None:
    """Return the group of somebody who turns that old in the year, none if it is not known."""
    if birth_year is None:
        return None
    age = year - birth_year
    return [group for group, youngest in AGES.items() if age >= youngest or youngest == 0][-1]


def birth_years(group: str, *, year: int) -> tuple[int, int]:
    """Return the first and the last year of birth of a group."""
    chosen = AgeGroup(group)
    older = [youngest for youngest in AGES.values() if youngest > AGES[chosen]]
    return (year - min(older) + 1 if older else 0, year - AGES[chosen])
