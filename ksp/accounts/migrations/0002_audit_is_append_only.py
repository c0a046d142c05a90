"""The audit trail is only ever added to: the database itself refuses changes and deletions."""

from typing import ClassVar

from django.db import migrations

from ksp.lib.triggers import refuse

TABLE = "accounts_auditevent"
MESSAGE = "The audit trail cannot be changed."


class Migration(migrations.Migration):
    dependencies: ClassVar = [("accounts", "0001_initial")]

    operations: ClassVar = [
        refuse("audit_event_is_never_changed", table=TABLE, event="update", when="1 = 1", message=MESSAGE),
        refuse("audit_event_is_never_deleted", table=TABLE, event="delete", when="1 = 1", message=MESSAGE),
    ]
