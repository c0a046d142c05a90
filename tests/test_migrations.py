"""Migrations are safe while the code of the release before still runs."""

import pytest
from django_migration_linter import MigrationLinter

OURS = ["accounts", "participants", "observers", "assignments", "questionnaires", "responses", "scoring", "reports"]


@pytest.mark.postgres
@pytest.mark.django_db
def test_migrations_do_not_break_the_release_before():
    linter = MigrationLinter(".", database="default", no_cache=True, include_apps=OURS, quiet=["ok", "ignore"])

    linter.lint_all_migrations()

    assert (linter.nb_erroneous, linter.nb_total > len(OURS)) == (0, True)
