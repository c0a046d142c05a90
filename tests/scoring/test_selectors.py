from random import Random

import pytest

from scoring.selectors import enrolment_results
from scoring.services import settle_owed_recomputes
from tests.scoring.seasons import approve, random_report, small_season

pytestmark = pytest.mark.django_db


def test_participant_stands_beside_its_own_class_and_season_alone(count_queries):
    rng, seasons = Random(4), [small_season() for _ in range(2)]
    for _, enrolments in seasons:
        for enrolment in enrolments:
            approve(random_report(enrolment, rng))
    settle_owed_recomputes()
    (first, (own, *_)), (second, (other, *_)) = seasons

    with count_queries(1):
        found = enrolment_results(own)
    elsewhere = enrolment_results(other)

    assert first != second
    assert (found.own.all_methods.contacts, found.award_class.all_methods.contacts) == (1, 3)
    assert (found.season.all_methods.contacts, elsewhere.season.all_methods.contacts) == (6, 6)
    assert found.season.all_methods.total != elsewhere.season.all_methods.total
    assert found.enrolment == own
