"""The database itself refuses that an observer meets a participant again, or that an assignment names a wrong one."""

from typing import ClassVar

from django.db import migrations

from ksp.lib.triggers import refuse

TABLE = "assignments_assignment"
MET = (
    "NEW.state IN ('planned', 'offered', 'accepted') AND NEW.observer_id IS NOT NULL AND EXISTS ("
    "SELECT 1 FROM observers_priorcontact WHERE observer_id = NEW.observer_id AND participant_id = NEW.participant_id)"
)
WRONG = "NEW.participant_id <> (SELECT participant_id FROM participants_enrolment WHERE id = NEW.enrolment_id)"


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("assignments", "0001_initial"),
        ("observers", "0001_initial"),
        ("participants", "0001_initial"),
    ]

    operations: ClassVar = [
        refuse(f"assignment_{name}_{event}", table=TABLE, event=event, when=when, message=message)
        for name, when, message in (
            ("observer_has_not_met_before", f"({MET})", "The observer has contacted this participant before."),
            ("participant_is_the_enrolled_one", f"({WRONG})", "The assignment names another participant."),
        )
        for event in ("insert", "update")
    ]
