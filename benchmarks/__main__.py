"""Runs every measurement on a database of its own; prints a table and writes var/bench.json."""

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg2

from benchmarks import linking, planning, repairing, simulation
from scripts.place import ROOT, VAR, say
from scripts.services import Services, start

REPORTS = 5000
SEASON = 6714  # seven of ten are approved: 4,700 that count
COPIES = 99


def main() -> None:
    """Measure scores, statistics, pages, a hundred seasons, plans, and the statistics beside the truth."""
    services = start()
    with _database(services, "bench") as app_url, _database(services, "bench_floor") as floor_url:
        os.environ |= {
            "DATABASE_URL": app_url,
            "REDIS_URL": services.redis_url,
            "KSP_DEMO": "1",
            "KSP_DATA_DIR": str(VAR / "bench"),
            "LOG_LEVEL": "ERROR",
            "DJANGO_SETTINGS_MODULE": "ksp.settings",
        }
        figures = _measure(app_url, floor_url)
    target = VAR / "bench.json"
    target.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    _show(figures)
    say(f"Written to {target.relative_to(ROOT)}.")


@contextlib.contextmanager
def _database(services: Services, name: str) -> Iterator[str]:
    """Give the address of an empty database that is dropped at the end."""
    base = urlsplit(services.database_url)
    admin = psycopg2.connect(services.database_url)
    admin.autocommit = True
    try:
        with admin.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            cursor.execute(f"CREATE DATABASE {name}")
        yield urlunsplit(base._replace(path=f"/{name}"))
        with admin.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    finally:
        admin.close()


def _measure(app_url: str, floor_url: str) -> dict[str, Any]:
    manage = [sys.executable, "manage.py"]
    for command in (["migrate", "--verbosity=0"], ["collectstatic", "--noinput", "--verbosity=0"]):
        subprocess.run([*manage, *command], cwd=ROOT, check=True)
    import django  # noqa: PLC0415 -- the environment comes first

    django.setup()
    from benchmarks.data import fill  # noqa: PLC0415 -- after the setup

    say("Filling a season of 4,700 approved reports …")
    season = fill("SCORES", reports=SEASON).season
    say("Measuring scores …")
    from benchmarks.scores import measure_scores  # noqa: PLC0415 -- after the setup

    scores = measure_scores(season)
    say("Measuring statistics …")
    from benchmarks.certainty import measure_statistics  # noqa: PLC0415 -- after the setup

    certainty = measure_statistics(season)
    say("Filling a season of 5,000 reports for the pages …")
    filled = fill("PAGES", reports=REPORTS)
    pages = _pages(app_url, floor_url, filled)
    say("Making a hundred seasons of the first …")
    from benchmarks.many import measure_many, multiply  # noqa: PLC0415 -- after the setup

    multiply(season, copies=COPIES)
    many = measure_many(season)
    say("Planning seasons …")
    plans = planning.measure_plans()
    say("Repairing seasons …")
    repairs = repairing.measure_repairs()
    say("Simulating seasons whose truth is known …")
    return {
        "measured_at": time.strftime("%Y-%m-%dT%H:%M:%S"),
        "scores": scores,
        "statistics": certainty,
        "pages": pages,
        "many": many,
        "plans": plans,
        "repairs": repairs,
        "simulation": simulation.simulate(),
        "linking": linking.simulate(),
    }


def _pages(app_url: str, floor_url: str, filled: Any) -> dict[str, Any]:
    from django.db import connection  # noqa: PLC0415 -- after the setup

    from benchmarks.pages import all_pages, measure_pages  # noqa: PLC0415 -- after the setup
    from benchmarks.servers import serve  # noqa: PLC0415 -- after the setup
    from ksp.accounts.services import system_user  # noqa: PLC0415 -- after the setup
    from scoring.services import recompute_season  # noqa: PLC0415 -- after the setup

    recompute_season(filled.season.pk, by=system_user(filled.season.organiser))
    environment = {"FLOOR_DATABASE_URL": floor_url, "DJANGO_SETTINGS_MODULE": ""}
    subprocess.run([sys.executable, "-m", "benchmarks.floor"], cwd=ROOT, check=True, env={**os.environ, **environment})
    answers = json.loads(
        subprocess.run(
            [
                sys.executable,
                "-c",
                "import json; from benchmarks.floor import filled_form; print(json.dumps(filled_form()))",
            ],
            cwd=ROOT,
            check=True,
            env={**os.environ, **environment},
            capture_output=True,
        ).stdout
    )
    measured = all_pages(filled, lambda: answers)
    with connection.cursor() as cursor:
        cursor.execute("analyze")
    connection.close()
    say("Measuring pages beside the floor …")
    with (
        serve("ksp.wsgi", environment={}, database_url=app_url) as app,
        serve("benchmarks.floor", environment=environment, database_url=floor_url) as floor,
    ):
        return measure_pages(app, floor, measured)


def _show(figures: dict[str, Any]) -> None:
    scores = figures["scores"]
    print(f"{'scores of ' + str(scores['reports']) + ' reports':34} {scores['full_s']:8.3f} s   goal 0.200 s")
    print(f"{'one approval':34} {1000 * scores['one_approval_s']:8.1f} ms  goal 20.0 ms")
    print(f"{'times faster than a loop':34} {scores['times_faster']:8.0f}     goal 150")
    certainty, many = figures["statistics"], figures["many"]
    print(f"{'statistics of the season':34} {certainty['all_s']:8.3f} s   goal 3.000 s")
    print(f"{'severity of its observers':34} {certainty['severity_s']:8.3f} s   goal 1.000 s")
    reports = f"{many['reports']:,} reports"
    print(f"{'first scores of ' + reports:34} {many['first_s']:8.3f} s   goal 3.000 s")
    print(f"{'the same again':34} {many['again_s']:8.3f} s   goal 3.000 s")
    print(f"\n{'page':34} {'CPU ms':>8} {'floor':>7} {'ratio':>6} {'goal':>5} {'p95 ms':>7}")
    for name, row in figures["pages"].items():
        print(
            f"{name:34} {row['cpu_ms']:8.2f} {row['floor_cpu_ms']:7.2f} {row['ratio']:6.2f} {row['goal_ratio']:5.1f} "
            f"{row['wall_p95_ms']:7.1f}"
        )
    planning.show(figures["plans"])
    repairing.show(figures["repairs"])
    simulation.show(figures["simulation"])
    linking.show(figures["linking"])


if __name__ == "__main__":
    Path(VAR / "bench").mkdir(parents=True, exist_ok=True)
    main()
