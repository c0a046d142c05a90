"""What the audit trail's verbs are called in words; the apps name the verbs, people read the words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

VERBS: dict[str, str | Promise] = {
    "user.created": _("Account made"),
    "user.invited": _("Invited"),
    "user.accepted_invitation": _("Invitation accepted"),
    "user.changed": _("Account changed"),
    "user.preferences_changed": _("Own choices changed"),
    "mail.tried_again": _("Mail sent once more"),
    "season.created": _("Season made"),
    "season.changed": _("Season changed"),
    "season.settings_changed": _("Season settings changed"),
    "season.opened": _("Season opened"),
    "season.paused": _("Season paused"),
    "season.resumed": _("Season went on"),
    "season.closed": _("Season closed"),
    "season.published": _("Results published"),
    "class.created": _("Class made"),
    "class.paused": _("Class paused"),
    "class.resumed": _("Class went on"),
    "enrolment.changed": _("Enrolment changed"),
    "enrolment.employees_informed": _("Employees informed"),
    "participant.representative_added": _("Contact person added"),
    "participant.representative_removed": _("Contact person removed"),
    "participants.imported": _("Participants imported"),
    "import.uploaded": _("List uploaded"),
    "import.applied": _("List imported"),
    "import.taken_back": _("Import taken back"),
    "questionnaire.installed": _("Questionnaire installed"),
    "observer.created": _("Observer added"),
    "observer.changed": _("Observer changed"),
    "observer.linked": _("Observer given an account"),
    "observer.scored": _("Observer’s score computed"),
    "role_play.created": _("Role-play written"),
    "role_play.changed": _("Role-play changed"),
    "assignment.created": _("Contact planned by hand"),
    "assignment.planned_again": _("Planned anew"),
    "assignment.offered": _("Offered"),
    "assignment.accepted": _("Accepted"),
    "assignment.declined": _("Declined"),
    "assignment.expired": _("Offer lapsed"),
    "assignment.withdrawn": _("Withdrawn"),
    "assignment.cancelled": _("Cancelled"),
    "assignment.done": _("Done"),
    "response.started": _("Report begun"),
    "response.submitted": _("Report submitted"),
    "response.returned": _("Report returned"),
    "response.approved": _("Report approved"),
    "response.rejected": _("Report rejected"),
    "attempt.started": _("Attempt started"),
    "attempt.ended": _("Attempt ended"),
    "attempt.corrected": _("Time of an attempt corrected"),
    "scores.recomputed": _("Scores computed anew"),
}


def in_words(verb: str) -> str:
    """Return what the verb means; a verb that nobody has named yet is shown as it is."""
    return str(VERBS.get(verb, verb))
