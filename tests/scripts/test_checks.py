"""The checks: what they run with, and how a failure is told."""

import os

from scripts import checks
from scripts.checks import Check


def test_check_does_not_see_the_developers_own_settings(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://mine")

    environment = Check("any", []).environment()

    assert environment.keys() - os.environ.keys() <= {"DEBUG", "KSP_DATA_DIR", "PYTHONWARNINGS"}
    assert "DATABASE_URL" not in environment


def test_production_check_runs_as_an_installation_does():
    environment = Check("any", [], production=True).environment()

    assert "DEBUG" not in environment
    assert environment.keys() >= {"ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL", "SECRET_KEY"}


def test_failure_is_shown_with_what_the_check_said(capsys):
    outcomes = checks.run_all([Check("good", ["true"]), Check("bad", ["sh", "-c", "echo why; exit 1"])])

    assert {outcome.name: outcome.passed for outcome in outcomes} == {"good": True, "bad": False}
    assert "── bad\nwhy\n" in capsys.readouterr().err
