"""Compares a season's stored scores with what its reports give."""

from typing import Any, ClassVar

from django.utils.translation import gettext as _

from ksp.lib.errors import DomainError
from participants.commands import SeasonCommand
from scoring.check_words import amounts_in_words, check_in_words, differences_in_words
from scoring.checking import check_stored_scores
from scoring.models import ScoreCheck


class ScoresDiffer(DomainError):
    """What is stored is not what the approved reports give."""

    code: ClassVar[str] = "scores_differ"

    def __init__(self, check: ScoreCheck) -> None:
        self.check = check
        super().__init__("\n".join([check_in_words(check), *differences_in_words(check)]))


class Command(SeasonCommand):
    """Stored scores beside computed ones."""

    help = "Compare every stored score of a season with its approved reports; ends with status 1 where they differ."

    def run(self, **options: Any) -> dict[str, Any]:
        """Compare, and return how much was compared."""
        person = self.person(options)
        check = check_stored_scores(self.season(options, person=person).pk, by=person)
        if check.differences:
            raise ScoresDiffer(check)
        return _figures(check)

    def describe(self, outcome: dict[str, Any]) -> str:
        """Return how much is right."""
        amounts = amounts_in_words(outcome["reports"], outcome["summaries"])
        return _("%(reports)s and %(summaries)s are right in %(season)s.") % {**outcome, **amounts}

    def refusal_detail(self, error: DomainError) -> dict[str, Any]:
        """Return what differs."""
        if not isinstance(error, ScoresDiffer):
            return {}
        return {**_figures(error.check), "details": error.check.details}


def _figures(check: ScoreCheck) -> dict[str, Any]:
    names = ("reports", "summaries", "owed", "differences")
    return {"season": check.season.code, **{name: getattr(check, name) for name in names}}
