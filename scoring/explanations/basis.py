"""What every explanation carries: the rules that applied, and what the result rests on."""

from participants.models import Enrolment, Season
from scoring.batteries import scoring_rules
from scoring.explanations.shapes import Basis
from scoring.fingerprints import answers_fingerprint, participant_fingerprint
from scoring.models import ScoringState
from scoring.rule_words import season_rules_in_words


def basis_of(enrolment: Enrolment) -> Basis:
    """Return what one participant's results rest on: two queries."""
    return _basis(enrolment.season, participant_fingerprint(enrolment))


def season_basis(season: Season) -> Basis:
    """Return what the results of all participants rest on: two queries."""
    return _basis(season, answers_fingerprint(season))


def _basis(season: Season, fingerprint: str) -> Basis:
    return Basis(
        rules=scoring_rules(season.settings).to_dict(),
        rules_in_words=season_rules_in_words(season),
        fingerprint=fingerprint,
        computed_at=ScoringState.objects.filter(season=season).values_list("computed_at", flat=True).first(),
    )
