"""What assignments answer when something below them is about to change."""

from collections.abc import Sequence
from typing import Any

from django.dispatch import receiver
from django.utils.translation import gettext_noop

from assignments.models import Assignment
from participants.models import Enrolment
from participants.signals import enrolments_leaving

PLANNED = gettext_noop(
    "Contacts are planned for the participant already, so class and contact methods stay. Undo the change in the file."
)
AT_A_TIME = 5000


@receiver(enrolments_leaving, sender=Enrolment)
def say_which_are_planned(enrolment_ids: Sequence[int], **_kwargs: Any) -> dict[int, str]:
    """Return the enrolments with assignments, and why they cannot move."""
    planned: set[int] = set()
    for start in range(0, len(enrolment_ids), AT_A_TIME):
        some = enrolment_ids[start : start + AT_A_TIME]
        planned |= set(Assignment.objects.filter(enrolment__in=some).values_list("enrolment_id", flat=True))
    return dict.fromkeys(planned, PLANNED)
