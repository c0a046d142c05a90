"""Several workers at once, which only PostgreSQL can show."""

import random
import threading

import pytest
from django.db import connection, transaction

from scoring.models import RecomputeOwed
from scoring.services import recompute_season, settle_owed_recomputes
from tests.scoring.seasons import administrator, approve, from_scratch, random_report, report, small_season, stored

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def at_once(*works):
    """Run each in a thread with a connection of its own, all beginning at the same moment."""
    barrier, errors = threading.Barrier(len(works)), []

    def run(work):
        try:
            barrier.wait()
            work()
        except Exception as error:  # noqa: BLE001 -- whatever it is, the test fails with it
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert errors == []


def test_two_workers_at_once_end_in_the_same_rows():
    rng = random.Random(1)
    season, enrolments = small_season()
    for _ in range(3):
        for enrolment in enrolments:
            approve(random_report(enrolment, rng))
        at_once(settle_owed_recomputes, settle_owed_recomputes)
        settle_owed_recomputes()

        assert not RecomputeOwed.objects.exists()
        assert stored(season) == from_scratch(season)


def test_workers_and_a_recomputation_at_once_do_not_block_each_other_for_good():
    rng = random.Random(2)
    season, enrolments = small_season()
    by = administrator(season)
    for _ in range(3):
        for enrolment in enrolments:
            approve(random_report(enrolment, rng))
        at_once(settle_owed_recomputes, lambda: recompute_season(season.pk, by=by), settle_owed_recomputes)
        settle_owed_recomputes()

        assert not RecomputeOwed.objects.exists()
        assert stored(season) == from_scratch(season)


def test_worker_passes_over_what_another_one_has_in_hand():
    _, (enrolment, other, *_) = small_season()
    approve(report(enrolment))
    settled = []

    with transaction.atomic():
        list(RecomputeOwed.objects.select_for_update())
        at_once(lambda: settled.append(settle_owed_recomputes()))

    assert settled == [0]
    assert RecomputeOwed.objects.get().tries == 0
    approve(report(other))
    assert settle_owed_recomputes() == 2
