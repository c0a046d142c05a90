"""The audit trail is read by time, person, verb and the beginning of a name, however long it grows."""

from typing import Any, ClassVar

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

BY_NAME = "audit_event_by_target_name"


def add_index_by_name(_apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    """SQLite has no index that its LIKE would use."""
    if editor.connection.vendor == "postgresql":
        editor.execute(
            f"CREATE INDEX {BY_NAME} ON accounts_auditevent (UPPER(target_name::text) varchar_pattern_ops, at, id)"
        )


def drop_index_by_name(_apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(f"DROP INDEX IF EXISTS {BY_NAME}")


class Migration(migrations.Migration):
    dependencies: ClassVar = [("accounts", "0002_audit_is_append_only")]

    operations: ClassVar = [
        migrations.AddIndex(
            "auditevent",
            models.Index(fields=["target_type", "target_key", "at", "id"], name="audit_event_of_target"),
        ),
        migrations.RemoveIndex("auditevent", "audit_event_by_target"),
        migrations.AddIndex("auditevent", models.Index(fields=["organiser", "at", "id"], name="audit_event_by_time")),
        migrations.AddIndex("auditevent", models.Index(fields=["actor", "at", "id"], name="audit_event_by_actor")),
        migrations.AddIndex(
            "auditevent", models.Index(fields=["organiser", "verb", "at", "id"], name="audit_event_by_verb")
        ),
        migrations.RunPython(add_index_by_name, drop_index_by_name),
    ]
