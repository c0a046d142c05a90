"""A participant's place in its class and among all, and where it may truly stand."""

from dataclasses import dataclass

from django.db.models import Count, Q

from reports.selectors.certainty import KnownCertainty, Likely
from scoring.models import Scope, ScoreSummary
from scoring.selectors import EnrolmentResults


@dataclass(frozen=True)
class Place:
    """A place in the class and among all; ``is_shared`` when others have the same place in the class.

    ``likely`` is where it may truly be, for those who may see that.
    """

    in_class: int
    of_class: int
    is_shared: bool
    overall: int
    of_all: int
    is_shared_overall: bool
    likely: Likely | None = None


def place_of(found: EnrolmentResults, known: KnownCertainty) -> Place | None:
    """Return the places with how many compete for them; None while there are too few contacts."""
    in_class, overall = found.own.rank_class, found.own.rank_overall
    if in_class is None or overall is None:
        return None
    enrolment = found.enrolment
    ranked = ScoreSummary.objects.filter(
        season=enrolment.season_id, scope=Scope.PARTICIPANT, method="", rank_overall__isnull=False
    )
    same_class = Q(enrolment__award_class=enrolment.award_class_id)
    counts = ranked.aggregate(
        of_all=Count("pk"),
        of_class=Count("pk", filter=same_class),
        sharing=Count("pk", filter=same_class & Q(rank_class=in_class)),
        sharing_overall=Count("pk", filter=Q(rank_overall=overall)),
    )
    return Place(
        in_class=in_class,
        of_class=counts["of_class"],
        is_shared=counts["sharing"] > 1,
        overall=overall,
        of_all=counts["of_all"],
        is_shared_overall=counts["sharing_overall"] > 1,
        likely=known.likely,
    )
