"""Two people who import at the same moment: one list is written, the other is told."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from participants.imports import services
from participants.models import AwardClass, Enrolment, Participant
from tests.factories.accounts import UserFactory
from tests.factories.participants import SeasonFactory
from tests.participants.lists import TWO, previewed


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_lists_that_are_applied_at_once_one_is_written():
    boss = UserFactory(administrator=True)
    season = SeasonFactory(organiser=boss.organiser)
    first, second = (previewed(*TWO, season=season, by=boss) for _ in range(2))
    barrier = Barrier(3)

    def apply(batch):
        barrier.wait()
        try:
            return services.apply_import(batch.pk, by=boss).state
        except services.DomainError as error:
            return error.code
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        outcomes = list(pool.map(apply, [first, first, second]))

    assert outcomes.count("applied") == 1
    assert set(outcomes) <= {"applied", "import_not_open", "list_outdated"}
    assert (Enrolment.objects.count(), Participant.objects.count(), AwardClass.objects.count()) == (2, 2, 1)
