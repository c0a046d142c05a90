"""Computes every score of a season anew."""

from typing import Any

from django.utils.translation import gettext as _

from participants.commands import SeasonCommand
from scoring.services import recompute_season


class Command(SeasonCommand):
    """Every score from the approved reports."""

    help = "Compute every score of a season anew from its approved reports."

    def run(self, **options: Any) -> dict[str, Any]:
        """Compute, and return how many reports count."""
        person = self.person(options)
        season = self.season(options, person=person)
        return {"season": season.code, "reports": recompute_season(season.pk, by=person)}

    def describe(self, outcome: dict[str, Any]) -> str:
        """Return how many reports count."""
        return _("%(reports)s reports count in %(season)s.") % outcome
