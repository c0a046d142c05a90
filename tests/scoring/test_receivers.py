import pytest
from django.db import transaction

from responses.services import reject_response, return_response
from scoring.models import RecomputeOwed
from tests.factories.accounts import UserFactory
from tests.scoring.seasons import approve, report, small_season

pytestmark = pytest.mark.django_db


def owed():
    return list(RecomputeOwed.objects.values_list("season_id", "enrolment_id", "tries"))


def test_approval_owes_one_recompute_of_its_participant():
    season, (enrolment, *_) = small_season()

    approve(report(enrolment))

    assert owed() == [(season.pk, enrolment.pk, 0)]


def test_approval_that_is_rolled_back_owes_nothing():
    _, (enrolment, *_) = small_season()
    response = report(enrolment)

    with transaction.atomic():
        approve(response)
        transaction.set_rollback(True)

    response.refresh_from_db()
    assert (response.state, owed()) == ("submitted", [])


def test_approval_wakes_a_worker_after_the_commit_and_not_before(django_capture_on_commit_callbacks):
    _, (enrolment, *_) = small_season()

    with django_capture_on_commit_callbacks() as committed:
        approve(report(enrolment))

    assert len(committed) == 1


def test_return_and_rejection_owe_nothing():
    season, (enrolment, *_) = small_season()
    manager = UserFactory(manager=True, organiser=season.organiser)

    return_response(report(enrolment).pk, notes={}, note="Kan du forklare?", by=manager)
    reject_response(report(enrolment).pk, reason="Feil senter.", by=manager)

    assert owed() == []
