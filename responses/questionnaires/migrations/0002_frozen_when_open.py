"""Once a season has opened, the database itself refuses every change to its questionnaire."""

from typing import ClassVar

from django.db import migrations

from ksp.lib.triggers import refuse

MESSAGE = "The season has opened: its questionnaire is frozen."


def _is_open(row: str, *, through_question: bool) -> str:
    season = f"{row}.season_id"
    if through_question:
        season = f"(SELECT season_id FROM questionnaires_question WHERE id = {row}.question_id)"
    return f"(SELECT state FROM participants_season WHERE id = {season}) <> 'preparing'"


def _freeze(model: str, *, through_question: bool = False) -> list[migrations.RunPython]:
    new, old = (_is_open(row, through_question=through_question) for row in ("NEW", "OLD"))
    conditions = {"insert": new, "update": f"({new} OR {old})", "delete": old}
    return [
        refuse(f"frozen_{model}_{event}", table=f"questionnaires_{model}", event=event, when=when, message=MESSAGE)
        for event, when in conditions.items()
    ]


class Migration(migrations.Migration):
    dependencies: ClassVar = [("questionnaires", "0001_initial"), ("participants", "0001_initial")]

    operations: ClassVar = [
        *_freeze("performancearea"),
        *_freeze("question"),
        *_freeze("answeroption", through_question=True),
    ]
