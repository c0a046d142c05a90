"""Writes rules that the database itself keeps, for PostgreSQL and SQLite, as migration operations."""

from collections.abc import Sequence
from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def refuse(name: str, *, table: str, event: str, when: str, message: str) -> migrations.RunPython:
    """Return an operation by which ``table`` refuses ``event`` while ``when`` holds.

    ``event`` is insert, update or delete; ``when`` is an SQL condition on ``NEW`` or ``OLD`` that both databases
    understand. The refusal is an integrity error with ``message``.
    """

    def apply(_apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
        for statement in _create(editor.connection.vendor, name, table=table, event=event, when=when, message=message):
            editor.execute(statement)

    def undo(_apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
        if editor.connection.vendor == "postgresql":
            editor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
            editor.execute(f"DROP FUNCTION IF EXISTS {name}()")
        else:
            editor.execute(f"DROP TRIGGER IF EXISTS {name}")

    return migrations.RunPython(apply, undo, elidable=False)


def _create(vendor: str, name: str, *, table: str, event: str, when: str, message: str) -> Sequence[str]:
    if vendor == "postgresql":
        row = "OLD" if event == "delete" else "NEW"
        return (
            (
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {when} THEN "
                f"RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = '{name}'; "
                f"END IF; RETURN {row}; END $$"
            ),
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
        )
    return (
        (
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW WHEN {when} "
            f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
        ),
    )
