"""The errors of this survey's totals, joined with those that the sister survey states."""

import pytest

from scoring.models import EnrolmentStatistics
from scoring.season_statistics import compute_statistics
from scoring.selectors import season_results
from scoring.sister_certainty import combined_certainty, total_errors
from tests.factories.participants import EnrolmentFactory
from tests.reports.scenes import season_that_ranks
from tests.scoring.sister_seasons import season_of_both

pytestmark = pytest.mark.django_db


def by_name(found):
    names = {one.participant.enrolment.pk: one.participant.enrolment.participant.name for one in found.combined}
    return {names[key]: one for key, one in combined_certainty(found).items()}


def test_errors_of_totals_are_those_of_the_statistics():
    season = season_of_both()

    errors = total_errors(season)

    figures = compute_statistics(season).enrolments
    assert errors == {key: own.estimates["total"].standard_error for key, own in figures.items()}
    assert len(errors) == 3
    assert not EnrolmentStatistics.objects.exists()


def test_season_without_reports_has_no_errors():
    season = season_that_ranks("closed")
    EnrolmentFactory(season=season)

    assert total_errors(season) == {}


def test_both_errors_are_joined_for_each_participant():
    season = season_of_both()
    errors, keys = total_errors(season), dict(season.enrolments.values_list("participant__name", "pk"))

    found = by_name(season_results(season))

    rows = [(98.2, errors[keys["Best Strøm"]], 40.0, 2.0), (91.0, errors[keys["Midt Bank"]], 80.5, 1.5)]
    for name, (ksp, ksp_error, nbk, nbk_error) in zip(("Best Strøm", "Midt Bank"), rows, strict=True):
        assert found[name].mean == pytest.approx((ksp + nbk) / 2)
        assert found[name].standard_error == pytest.approx((ksp_error**2 + nbk_error**2) ** 0.5 / 2)
    assert found["Midt Bank"].probability_first > 0.9


@pytest.mark.parametrize("sister", [{"Midt Bank": (80.5, None)}, {}], ids=["without errors", "without results"])
def test_certainty_costs_nothing_where_nobody_states_an_error(sister, count_queries):
    found = season_results(season_of_both(sister))

    with count_queries(0):
        assert combined_certainty(found) == {}


def test_error_of_one_alone_gives_an_interval_and_no_chances():
    found = season_results(season_of_both({"Best Strøm": (40.0, 2.0), "Midt Bank": (80.5, None)}))

    known = {name: (one.interval is None, one.probability_first) for name, one in by_name(found).items()}

    assert known == {"Best Strøm": (False, None), "Midt Bank": (True, None)}
