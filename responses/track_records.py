"""What observers have done before, counted from their reports."""

from collections.abc import Collection

from django.db.models import Count, Q

from observers.applications.records import TrackRecord
from responses.grading import BEST
from responses.models import SurveyResponse
from responses.workflow import ReportState


def track_records(observer_ids: Collection[int]) -> dict[int, TrackRecord]:
    """Return what each of these observers has handed in, and how it was judged, in one query."""
    handed_in = SurveyResponse.objects.filter(observer__in=observer_ids, first_submitted_at__isnull=False)
    counted = (
        handed_in.order_by()
        .values("observer")
        .annotate(
            seasons=Count("season", distinct=True),
            handed_in=Count("pk"),
            approved=Count("pk", filter=Q(state=ReportState.APPROVED)),
            rejected=Count("pk", filter=Q(state=ReportState.REJECTED)),
            graded=Count("grade"),
            punctual=Count("grade", filter=Q(grade__punctuality=BEST)),
        )
    )
    return {
        row["observer"]: TrackRecord(
            seasons=row["seasons"],
            handed_in=row["handed_in"],
            approved=row["approved"],
            rejected=row["rejected"],
            graded=row["graded"],
            punctual=row["punctual"],
        )
        for row in counted
    }
