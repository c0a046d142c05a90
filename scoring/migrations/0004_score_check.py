import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("participants", "0001_initial"),
        ("scoring", "0003_sister_result"),
    ]

    operations = [
        migrations.CreateModel(
            name="ScoreCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("checked_at", models.DateTimeField()),
                ("reports", models.PositiveIntegerField()),
                ("summaries", models.PositiveIntegerField()),
                ("owed", models.PositiveIntegerField()),
                ("differences", models.PositiveIntegerField()),
                ("details", models.JSONField(default=list)),
                (
                    "season",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="score_checks",
                        to="participants.season",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["season", "checked_at", "id"], name="score_check_by_time")],
            },
        ),
    ]
