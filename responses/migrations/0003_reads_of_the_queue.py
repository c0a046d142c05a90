"""Indexes that the queue's pages and counts are read from alone."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("responses", "0002_history_is_kept")]

    operations: ClassVar = [
        migrations.AddIndex(
            model_name="surveyresponse",
            index=models.Index(fields=["season", "state", "submitted_at", "id"], name="response_in_queue"),
        ),
        migrations.AddIndex(
            model_name="surveyresponse",
            index=models.Index(fields=["season", "state", "reviewed_at", "id"], name="response_by_decision"),
        ),
        migrations.AddIndex(
            model_name="surveyresponse",
            index=models.Index(fields=["season", "submitted_at", "id"], name="response_by_submission"),
        ),
        migrations.RemoveIndex(model_name="surveyresponse", name="response_queue"),
    ]
