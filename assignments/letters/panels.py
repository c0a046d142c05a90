"""What letters put on the manager's page of a contact."""

from assignments.letters.selectors import told_of
from assignments.models import Assignment
from assignments.workflow import AssignmentState
from ksp.accounts.models import MOST_TRIES, User
from ksp.lib.panels import Panel


def told_and_moved(assignment: Assignment, _user: User) -> Panel | None:
    """Show what the observer was told about a contact, and where they moved it."""
    if assignment.state == AssignmentState.PLANNED:
        return None
    told, moves = told_of(assignment), list(assignment.week_changes.select_related("changed_by"))
    if not (told or moves):
        return None
    return Panel("letters/_told_and_moved.html", {"told": told, "moves": moves, "most_tries": MOST_TRIES})
