"""What reports add to the pages of other apps."""

from ksp.accounts.models import User
from ksp.lib.panels import Panel
from participants.models import Participant


def participants_results(participant: Participant, _user: User) -> Panel:
    """Lead from a participant's page, which staff alone can see, to its results."""
    return Panel("reports/_participant_results.html", {"query": f"?participant={participant.public_id}"})
