"""A version of published results is only ever added: the database itself refuses changes and deletions."""

from typing import ClassVar

from django.db import migrations

from ksp.lib.triggers import refuse

TABLE = "reports_publication"
MESSAGE = "A published version of the results cannot be changed."


class Migration(migrations.Migration):
    dependencies: ClassVar = [("reports", "0001_initial")]

    operations: ClassVar = [
        refuse("publication_is_never_changed", table=TABLE, event="update", when="1 = 1", message=MESSAGE),
        refuse("publication_is_never_deleted", table=TABLE, event="delete", when="1 = 1", message=MESSAGE),
    ]
