"""The worker inside the web process, and a worker of its own on Redis."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import redis
from celery.schedules import crontab
from django.conf import settings
from django.db import connection, transaction

from ksp.celery import app
from scoring.models import RecomputeOwed, ResponseScore
from tests.scoring.seasons import approve, from_scratch, report, small_season, stored
from tests.workers import SECONDS, environment, kill, within

ROOT = Path(__file__).resolve().parent.parent


def test_web_process_without_redis_scores_at_once_and_by_its_scheduler(tmp_path):
    program = [sys.executable, "-m", "tests.one_process"]

    done = subprocess.run(
        program, cwd=ROOT, env=environment(tmp_path), capture_output=True, text=True, timeout=120, check=False
    )

    assert done.returncode == 0, done.stderr
    took = json.loads(done.stdout.splitlines()[-1])
    assert took["in_process"] < 5
    assert took["elsewhere"] < 30
    assert took["started_twice"] is False


def test_scheduler_looks_for_all_that_is_owed_often_enough():
    looks = {entry["task"]: entry["schedule"] for entry in app.conf.beat_schedule.values()}

    assert {task: seconds for task, seconds in looks.items() if isinstance(seconds, float)} == {
        "assignments.letters.tasks.send_waiting_letters": 60,
        "assignments.plans.tasks.make_owed_proposals": 20,
        "scoring.tasks.recompute_owed_scores": 20,
        "scoring.tasks.refresh_statistics": 120,
        "ksp.accounts.tasks.send_owed_mail": 30,
    }
    app.loader.import_default_modules()  # as every worker does when it starts
    assert looks.keys() <= app.tasks.keys()


def test_scheduler_lets_offers_expire_hourly_and_compares_what_is_stored_and_published_every_night():
    looks = {entry["task"]: entry["schedule"] for entry in app.conf.beat_schedule.values()}

    assert app.conf.timezone == "Europe/Oslo"
    assert {task: moment for task, moment in looks.items() if not isinstance(moment, float)} == {
        "assignments.letters.tasks.expire_unanswered_offers": crontab(minute="7"),
        "scoring.tasks.check_scores_nightly": crontab(hour="3", minute="20"),
        "reports.tasks.verify_publications": crontab(hour="3", minute="40"),
    }


def look():
    """Send what the scheduler sends."""
    app.send_task(app.conf.beat_schedule["recompute-owed-scores"]["task"], ignore_result=True)


def scored(season, reports):
    """Tell whether, within a while, as many reports have a score."""
    return within(SECONDS, lambda: ResponseScore.objects.filter(season=season).count() == reports)


@pytest.mark.worker
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_approval_wakes_a_worker_that_scores_it(start_worker):
    season, (enrolment, *_) = small_season()
    start_worker()

    approve(report(enrolment))

    assert scored(season, 1)
    assert within(SECONDS, lambda: not RecomputeOwed.objects.exists())
    assert stored(season) == from_scratch(season)


@pytest.mark.worker
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_wake_up_call_that_redis_forgot_is_made_up_for_by_the_scheduler(start_worker):
    season, (enrolment, *_) = small_season()
    approve(report(enrolment))
    broker = redis.Redis.from_url(settings.REDIS_URL)

    heard = broker.llen("celery")
    broker.flushdb()
    start_worker()
    waits = RecomputeOwed.objects.count()
    look()

    assert (heard, waits) == (1, 1)
    assert scored(season, 1)
    assert stored(season) == from_scratch(season)


def somebody_waits_for_a_row():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return cursor.fetchone()[0] > 0


@pytest.fixture
def holder():
    """Give a second connection, whose locks hold until it is closed."""
    other = connection.copy()
    other.set_autocommit(False)
    yield other
    other.close()


@pytest.mark.worker
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_worker_killed_in_the_middle_loses_nothing(start_worker, holder):
    season, (enrolment, other, *_) = small_season()
    worker = start_worker()
    approve(report(enrolment, overall_impression="bad"))
    assert scored(season, 1)
    before = stored(season)

    # The worker has replaced the scores of reports when it comes to the row that is held.
    holder.cursor().execute("SELECT 1 FROM scoring_scoresummary WHERE scope = 'season' FOR UPDATE")
    approve(report(other))
    stopped_half_way = within(SECONDS, somebody_waits_for_a_row)
    kill(worker)
    holder.close()
    with transaction.atomic():
        owed = RecomputeOwed.objects.select_for_update().get()

    assert stopped_half_way
    assert (owed.enrolment, owed.tries) == (other, 0)
    assert stored(season) == before
    start_worker()
    look()
    assert scored(season, 2)
    assert stored(season) == from_scratch(season)
