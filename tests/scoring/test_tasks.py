import pytest

from scoring.models import RecomputeOwed
from scoring.tasks import recompute_owed_scores
from tests.scoring.seasons import approve, from_scratch, report, small_season, stored


@pytest.mark.django_db
def test_task_settles_what_is_owed_and_may_come_twice():
    season, (enrolment, *_) = small_season()
    approve(report(enrolment))

    assert [recompute_owed_scores(), recompute_owed_scores()] == [1, 0]

    assert not RecomputeOwed.objects.exists()
    assert stored(season) == from_scratch(season)
    assert len(stored(season)[0]) == 1
