"""What reports add to the pages of other apps."""

from ksp.accounts.models import User
from ksp.lib.panels import Panel
from participants.models import Participant


def participants_results(participant: Participant, user: User) -> Panel | None:
    """Lead from a participant's page to its results, those who may open them."""
    if not user.has_perm("reports.open_dashboard"):
        return None
    return Panel("reports/_participant_results.html", {"query": f"?participant={participant.public_id}"})
