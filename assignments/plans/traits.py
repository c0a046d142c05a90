"""What kind of people observers are, as far as a plan mixes them: gender, age and part of the country."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assignments.planning.problem import Ints
from observers.models import Gender, Observer

Words = str | Promise

# The first year of age of each group.
AGE_GROUPS = (18, 30, 45, 60)
REGION_OF_COUNTY = {
    "oslo": 0, "akershus": 0, "buskerud": 0, "østfold": 0, "vestfold": 0, "telemark": 0, "viken": 0,
    "vestfold og telemark": 0,
    "innlandet": 1, "hedmark": 1, "oppland": 1,
    "agder": 2, "aust-agder": 2, "vest-agder": 2, "rogaland": 2,
    "vestland": 3, "hordaland": 3, "sogn og fjordane": 3, "møre og romsdal": 3,
    "trøndelag": 4, "sør-trøndelag": 4, "nord-trøndelag": 4, "nordland": 4, "troms": 4, "finnmark": 4,
    "troms og finnmark": 4, "svalbard": 4,
}  # fmt: skip
UNKNOWN = -1


@dataclass(frozen=True, slots=True)
class TraitKind:
    """One trait: its code, its name, and what its levels are called."""

    code: str
    name: Words
    levels: tuple[Words, ...]


TRAITS = (
    TraitKind("gender", _("Gender"), tuple(label for value, label in Gender.choices if value != Gender.OTHER)),
    TraitKind("age", _("Age"), ("18–29", "30–44", "45–59", _("60 and over"))),
    TraitKind(
        "region",
        pgettext_lazy("part of the country", "Region"),
        (
            _("Eastern Norway around the Oslo fjord"),
            _("Inland"),
            _("Southern Norway and Rogaland"),
            _("Western Norway"),
            _("Central and Northern Norway"),
        ),
    ),
)


def traits_of(observers: Sequence[Observer], *, year: int) -> Ints:
    """Return the level of each observer (rows) in each trait (columns), −1 where it is not known."""
    rows = [(_gender(one), _age_group(one, year=year), region_of(one.county)) for one in observers]
    return np.array(rows, np.int64).reshape(-1, len(TRAITS))


def region_of(county: str) -> int:
    """Return the number of the region that the county, of today or before, lies in; −1 if it is not known."""
    return REGION_OF_COUNTY.get(county.strip().lower(), UNKNOWN)


def _gender(observer: Observer) -> int:
    return {Gender.WOMAN: 0, Gender.MAN: 1}.get(Gender(observer.gender), UNKNOWN) if observer.gender else UNKNOWN


def _age_group(observer: Observer, *, year: int) -> int:
    if observer.birth_year is None:
        return UNKNOWN
    age = year - observer.birth_year
    return max(sum(age >= first for first in AGE_GROUPS) - 1, 0)
