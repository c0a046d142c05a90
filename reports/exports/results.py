"""A season's results as one object: the numbers that are published, unrounded, with what they follow from."""

from collections.abc import Mapping
from operator import itemgetter
from typing import Any

from django.core.exceptions import PermissionDenied

from ksp.accounts.models import User
from participants.models import Season
from scoring.batteries import scoring_rules
from scoring.computing import compute_season
from scoring.engine.layout import NpsResult, ScaleResult, Summary
from scoring.fingerprints import answers_fingerprint
from scoring.season_statistics import compute_statistics
from scoring.selectors import (
    ALL_METHODS,
    ClassResult,
    CombinedResult,
    GivenAward,
    ParticipantResult,
    Results,
    SeasonResults,
    computed_results,
    season_results,
)
from scoring.sister_certainty import combined_certainty
from scoring.statistics.combined import Combined
from scoring.statistics.figures import TOTAL, EnrolmentFigures
from scoring.statistics.intervals import Interval
from scoring.statistics.season import SeasonStatistics

AWARD_ORDER = ("best_in_test", "best_of_both", "class_winner", "best_on_method")


def results_of(season: Season, *, by: User) -> dict[str, Any]:
    """Return the stored results of the season in the promised shape, in an order that no database decides."""
    if not by.has_perm("reports.export_results", season):
        raise PermissionDenied
    return results_from(season_results(season), compute_statistics(season))


def recomputed_results(season: Season) -> dict[str, Any]:
    """Return the same as it follows from the answers just now, whatever is stored; it has no time of computation."""
    return results_from(computed_results(compute_season(season)), compute_statistics(season))


def results_from(found: SeasonResults, statistics: SeasonStatistics | None = None) -> dict[str, Any]:
    """Return a season's results, stored or computed, and if given how certain they are, in the promised shape."""
    season, nothing = found.season, EnrolmentFigures()
    known = {} if statistics is None else statistics.enrolments
    participants = [_participant(one, known.get(one.enrolment.pk, nothing)) for one in found.participants]
    return {
        "season": season.code,
        "computed_at": None if found.computed_at is None else found.computed_at.isoformat(),
        "answers_fingerprint": answers_fingerprint(season),
        "rules": scoring_rules(season.settings).to_dict(),
        "participants": sorted(participants, key=itemgetter("participant")),
        "classes": [_award_class(item) for item in found.classes],
        "season_result": _means(found.season_results),
        "awards": sorted(map(_award, found.awards), key=_award_key),
        "combined": _combined(found),
    }


def _participant(item: ParticipantResult, figures: EnrolmentFigures) -> dict[str, Any]:
    participant, standing = item.enrolment.participant, figures.standing
    total = figures.estimates.get(TOTAL)
    return {
        "participant": participant.code,
        "name": participant.name,
        "award_class": item.enrolment.award_class.name,
        **_means(item.results),
        "ranked": item.is_ranked,
        "rank_class": item.results.rank_class,
        "rank_overall": item.results.rank_overall,
        "total_interval": None if total is None or total.interval is None else list(total.interval),
        "rank_class_interval": None if standing is None else _places(standing.rank_class),
        "rank_overall_interval": None if standing is None else _places(standing.rank_overall),
        "probability_first": None if standing is None else standing.first_in_class,
    }


def _places(interval: Interval) -> list[int]:
    return [int(interval.low), int(interval.high)]


def _award_class(item: ClassResult) -> dict[str, Any]:
    return {"award_class": item.award_class.name, "enrolled": item.enrolled, **_means(item.results)}


def _means(results: Results) -> dict[str, Any]:
    """What a participant, a class and the season have alike."""
    own = results.all_methods
    return {
        "contacts": own.contacts,
        "answered": own.answered,
        "total": own.total,
        "answered_score": own.answered_score,
        "areas": {code: {"score": area.score, "n": area.n} for code, area in own.areas.items()},
        "waiting_all": own.waiting_all,
        "methods": {method: _method(found) for method, found in _by_method(results).items()},
        "cx": {code: _cx(scale) for code, scale in own.cx.items()},
    }


def _by_method(results: Results) -> Mapping[str, Summary]:
    return {method: found for method, found in sorted(results.by_method.items()) if method != ALL_METHODS}


def _method(found: Summary) -> dict[str, Any]:
    return {"contacts": found.contacts, "answered": found.answered, "total": found.total}


def _cx(scale: ScaleResult | NpsResult) -> dict[str, Any]:
    distribution = {str(step): count for step, count in scale.distribution.items()}
    if isinstance(scale, NpsResult):
        counts = {"promoters": scale.promoters, "passives": scale.passives, "detractors": scale.detractors}
        return {"score": scale.score, **counts, "n": scale.n, "distribution": distribution}
    return {"mean": scale.mean, "n": scale.n, "distribution": distribution}


def _award(given: GivenAward) -> dict[str, Any]:
    return {
        "award": given.award,
        "award_class": None if given.award_class is None else given.award_class.name,
        "method": given.method or None,
        "participant": given.winner.enrolment.participant.code,
        "score": given.score,
        "shared": given.shared,
    }


def _award_key(award: Mapping[str, Any]) -> tuple[int, str, str, str]:
    place = AWARD_ORDER.index(award["award"])
    return place, award["award_class"] or "", award["method"] or "", award["participant"]


def _combined(found: SeasonResults) -> list[dict[str, Any]]:
    """What those have who are in the sister survey too; ``interval`` only where both surveys state their errors."""
    certainty = combined_certainty(found)
    rows = [_both(one, certainty.get(one.participant.enrolment.pk)) for one in found.combined]
    return sorted(rows, key=itemgetter("place", "participant"))


def _both(one: CombinedResult, known: Combined | None) -> dict[str, Any]:
    return {
        "participant": one.participant.enrolment.participant.code,
        "total": one.total,
        "sister": one.sister,
        "mean": one.mean,
        "place": one.place,
        "shared": one.shared,
        "interval": list(known.interval) if known and known.interval else None,
        "probability_first": known.probability_first if known else None,
    }
