"""What an answer once was is never changed: the database itself refuses it."""

from typing import ClassVar

from django.db import migrations

from ksp.lib.triggers import refuse


class Migration(migrations.Migration):
    dependencies: ClassVar = [("responses", "0001_initial")]

    operations: ClassVar = [
        refuse(
            "answer_revision_is_never_changed",
            table="responses_answerrevision",
            event="update",
            when="1 = 1",
            message="The history of answers cannot be changed.",
        ),
    ]
