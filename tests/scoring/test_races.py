"""Several workers at once, which only PostgreSQL can show."""

import random
import threading
import time

import pytest
from django.db import OperationalError, connection, transaction

from scoring.checking import check_stored_scores
from scoring.models import RecomputeOwed, ScoreCheck, ScoreSummary
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


def test_settling_recomputing_and_checking_at_once_give_the_same_bytes_and_no_alarm():
    rng = random.Random(3)
    season, enrolments = small_season()
    by = administrator(season)

    def check():
        for _ in range(5):
            check_stored_scores(season.pk, by=by)

    for _ in range(3):
        waiting = [random_report(enrolment, rng) for enrolment in enrolments]
        at_once(
            settle_owed_recomputes,
            lambda: recompute_season(season.pk, by=by),
            check,
            lambda waiting=waiting: [approve(response) for response in waiting],
            check,
        )
        settle_owed_recomputes()

        assert stored(season) == from_scratch(season)
    assert set(ScoreCheck.objects.values_list("differences", flat=True)) == {0}
    assert ScoreCheck.objects.count() == 30
    assert check_stored_scores(season.pk, by=by).owed == 0


def test_check_waits_for_a_computation_and_never_sees_a_half():
    season, enrolments = small_season()
    by = administrator(season)
    for enrolment in enrolments:
        approve(report(enrolment))
    settle_owed_recomputes()
    order, half = [], threading.Event()

    def recompute_slowly():
        with transaction.atomic():
            recompute_season(season.pk, by=by)
            ScoreSummary.objects.filter(season=season).delete()
            half.set()
            time.sleep(0.3)
            recompute_season(season.pk, by=by)
            order.append("computed")

    def check():
        half.wait(10)
        order.append(check_stored_scores(season.pk, by=by).differences)

    at_once(recompute_slowly, check)

    assert order == ["computed", 0]


def test_killed_computation_leaves_the_old_scores_which_are_right():
    season, (enrolment, *_) = small_season()
    by = administrator(season)
    approve(report(enrolment))
    settle_owed_recomputes()
    before = stored(season)

    def compute_and_be_killed():
        with transaction.atomic():
            recompute_season(season.pk, by=by)
            ScoreSummary.objects.filter(season=season).delete()
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                (victim,) = cursor.fetchone()
            kill_connection(victim)
            ScoreSummary.objects.exists()

    with pytest.raises(OperationalError):
        run_alone(compute_and_be_killed)

    assert stored(season) == before
    assert check_stored_scores(season.pk, by=by).differences == 0


def kill_connection(backend):
    """End the backend from another connection, as if its worker were lost."""

    def kill():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [backend])

    at_once(kill)


def run_alone(work):
    """Run in a thread with a connection of its own, and raise here what it raises."""
    raised = []

    def run():
        try:
            work()
        except Exception as error:  # noqa: BLE001 -- raised again below
            raised.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(30)
    for error in raised:
        raise error
