"""What a manager asks of a team that is to be chosen."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import models
from django.utils.translation import gettext_lazy as _


class Source(models.TextChoices):
    """From whom a team is chosen."""

    APPLICANTS = "applicants", _("Those who have applied")
    EVERYBODY = "everybody", _("Every active observer")


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """How large the team is to be, from whom, and how it is to be mixed.

    ``traits`` are the numbers of the traits that are mixed; ``shares`` the wished share of each level of some of them,
    where the pool’s own is not wanted.
    """

    size: int
    source: str = Source.APPLICANTS
    least_score: int = 0
    keeps_team: bool = True
    traits: tuple[int, ...] = (0, 1, 2)
    shares: Mapping[int, tuple[float, ...]] = field(default_factory=dict)
