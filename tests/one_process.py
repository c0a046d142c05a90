"""A web process on its own, without Redis: what is approved in it, and beside it, is scored.

Run as a program, with a data folder of its own. It prints how many seconds each took, as JSON.
"""

import json
import logging
import subprocess
import sys
import time

MOST_SECONDS = 40


def main():
    from django.core.management import call_command

    from ksp import wsgi  # noqa: F401 -- starts the worker, as a web server would
    from ksp.celery import start_worker_in_process

    call_command("migrate", verbosity=0)
    season, in_process, elsewhere = _prepared()
    again = start_worker_in_process()
    approved = {"in_process": _until_scored(season, lambda: _approve(in_process.pk))}
    beside = [sys.executable, "-m", "tests.one_process", str(elsewhere.pk)]
    approved["elsewhere"] = _until_scored(season, lambda: subprocess.run(beside, check=True), reports=2)
    sys.stdout.write(json.dumps(approved | {"started_twice": again}))


def approve_beside():
    """Approve a report in a process that has no worker."""
    import django

    django.setup()
    _approve(int(sys.argv[1]))


def _prepared():
    from tests.factories.accounts import UserFactory
    from tests.scoring.seasons import report, small_season

    season, enrolments = small_season(classes=1, participants=2)
    UserFactory(manager=True, organiser=season.organiser)
    return season, *(report(enrolment) for enrolment in enrolments)


def _approve(key):
    from ksp.accounts.models import User
    from responses.models import SurveyResponse
    from tests.scoring.seasons import approve

    approve(SurveyResponse.objects.get(pk=key), by=User.objects.get(role="manager"))


def _until_scored(season, work, *, reports=1):
    from scoring.models import ResponseScore, ScoreSummary

    work()
    began = time.monotonic()
    while time.monotonic() - began < MOST_SECONDS:
        if ResponseScore.objects.filter(season=season).count() == reports:
            assert ScoreSummary.objects.get(season=season, scope="season", method="").contacts == reports
            return time.monotonic() - began
        time.sleep(0.1)
    return None


if __name__ == "__main__":
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ksp.settings")
    logging.disable()
    approve_beside() if sys.argv[1:] else main()
