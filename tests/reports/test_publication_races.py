"""Versions when several do something at once, which only PostgreSQL can show."""

import pytest

from participants.services import publish_season
from reports.models import Publication
from reports.services import check_publications
from reports.verification import verify
from scoring.models import RecomputeOwed
from scoring.services import recompute_season, settle_owed_recomputes
from tests.reports.publishing import closed_season, correct, director, published_season, versions
from tests.scoring.test_races import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_workers_at_once_make_one_version_of_a_correction():
    season = published_season()
    by = director(season)
    for number in range(2, 6):
        correct(season, agent_needs="no" if number % 2 == 0 else "several", settle=False)
        correct(season, code="B1", agent_needs="several" if number % 2 == 0 else "no", settle=False)

        at_once(settle_owed_recomputes, settle_owed_recomputes, lambda: recompute_season(season.pk, by=by))
        settle_owed_recomputes()

        assert not RecomputeOwed.objects.exists()
        assert len(versions(season)) == number
        assert verify(versions(season)[-1]).agrees


def test_correction_during_publication_is_in_the_first_version_or_makes_the_second():
    season = closed_season()
    by = director(season)
    recompute_season(season.pk, by=by)

    at_once(
        lambda: publish_season(season.pk, by=by),
        lambda: correct(season, settle=False),
        settle_owed_recomputes,
    )
    settle_owed_recomputes()

    assert not RecomputeOwed.objects.exists()
    assert verify(versions(season)[-1]).agrees
    assert [sum(change["kind"] == "correction" for change in one.changes) for one in versions(season)] in ([0], [0, 1])


def test_check_beside_corrections_never_raises_a_false_alarm():
    season = published_season()

    at_once(
        lambda: correct(season),
        check_publications,
        lambda: correct(season, code="A2", agent_needs="several"),
        check_publications,
    )
    settle_owed_recomputes()

    assert check_publications() == 0
    assert not Publication.objects.filter(last_check__count__gt=0).exists()
