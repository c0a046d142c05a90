import pytest

from scoring.models import EnrolmentStatistics
from scoring.season_statistics import enrolment_figures, known_statistics
from scoring.stored_figures import NearDrivers, NearFigures, near_drivers, near_figures
from tests.reports.scenes import judged_again, judged_season
from tests.scoring.seasons import small_season

pytestmark = pytest.mark.django_db


def test_parts_are_those_of_the_whole(count_queries):
    old, enrolments, _ = judged_season()
    season, (enrolment, *_) = judged_again(old, enrolments)
    known, own = known_statistics(season).figures, enrolment_figures(enrolment)
    award_class = known.classes[enrolment.award_class_id]

    with count_queries(1):
        figures = near_figures(enrolment)
    with count_queries(1):
        drivers = near_drivers(enrolment)

    assert figures == NearFigures(own, award_class.estimates, known.season.estimates, award_class.since)
    assert drivers == NearDrivers(known.season.drivers, award_class.drivers)
    assert (own.since.season, len(drivers.season["nps"].items.drivers) > 20) == (old.code, True)


def test_nothing_is_known_before_the_first_computation():
    _, (enrolment, *_) = small_season()

    assert near_figures(enrolment) == NearFigures()
    assert near_drivers(enrolment) == NearDrivers()


def test_means_are_known_of_one_who_came_later():
    season, (enrolment, *_), _ = judged_season()
    EnrolmentStatistics.objects.filter(enrolment=enrolment).delete()

    figures = near_figures(enrolment)

    assert (figures.own.estimates, figures.own.standing) == ({}, None)
    assert figures.season == known_statistics(season).figures.season.estimates
