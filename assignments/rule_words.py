"""What the rules of planning are called, and what is said where one of them says no or makes a change needed."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Words = str | Promise


@dataclass(frozen=True, slots=True)
class _Rule:
    """A rule's name, what is said of somebody or something that breaks it, and why that makes a change needed."""

    name: Words
    sentence: Words
    reason: Words = ""


_RULES: dict[str, _Rule] = {
    "split": _Rule(
        _("Contacts by the distribution key"),
        _("The participant has another number of contacts by this method than the distribution key says."),
    ),
    "never_met": _Rule(
        _("Never met before"),
        _("Has contacted this participant before."),
        _("The observer has contacted the participant before."),
    ),
    "not_customer": _Rule(
        _("Not a customer"),
        _("Is a customer of the participant, or registered there."),
        _("The observer is a customer of the participant, or registered there."),
    ),
    "meets_once": _Rule(
        _("Meets a participant once"),
        _("Has another contact with this participant in the plan."),
        _("The observer has another contact with the participant."),
    ),
    "active": _Rule(
        _("Active observer"), _("The observer is no longer active."), _("The observer is no longer active.")
    ),
    "has_left": _Rule(
        _("On the team"),
        _("Is not on the season’s team, or has left it."),
        _("The observer has left the season’s team."),
    ),
    "offers_method": _Rule(
        _("Observer uses the method"),
        _("Does not use this contact method."),
        _("The observer no longer uses the contact method."),
    ),
    "channel": _Rule(
        _("Participant has the method"),
        _("The participant cannot be contacted by this method."),
        _("The participant can no longer be contacted by this method."),
    ),
    "available": _Rule(
        _("Available in the week"),
        _("Is not available in this week."),
        _("The observer is no longer available in the week."),
    ),
    "weekly_capacity": _Rule(
        _("Room in the week"),
        _("Has as many contacts in this week as they can take."),
        _("The observer has more contacts in the week than they can take."),
    ),
    "season_capacity": _Rule(
        _("Room in the season"),
        _("Has as many contacts in this season as they can take."),
        _("The observer has more contacts in the season than they can take."),
    ),
    "good_score": _Rule(_("Good enough score"), _("Has an internal score below what the season requires.")),
    "role_play": _Rule(_("Role-play of the class"), _("The role-play does not belong to the participant’s class.")),
    "open_day": _Rule(
        _("Open days only"),
        _("No contacts are made on this day."),
        _("No contacts are made on the planned day."),
    ),
    "one_a_day": _Rule(_("One contact a day"), _("The participant has another contact on this day.")),
    "week_is_over": _Rule(_("Weeks to come"), _("The week is over.")),
    "locked": _Rule(_("Locked contacts stay"), _("The contact is locked. Unlock it before you move it.")),
    "unassigned": _Rule(pgettext_lazy("reason", "Without an observer"), "", _("The contact has no observer.")),
    "makes_room": _Rule(
        pgettext_lazy("reason", "Makes room"), "", _("It makes room for a contact that nobody else can make.")
    ),
    "overdue": _Rule(
        pgettext_lazy("reason", "The week is over"), "", _("The week is over, and the contact has not been begun.")
    ),
}

# In the order in which they are checked and told.
PLAN_RULES = (
    "split",
    "never_met",
    "not_customer",
    "meets_once",
    "active",
    "has_left",
    "offers_method",
    "channel",
    "available",
    "weekly_capacity",
    "season_capacity",
    "good_score",
    "role_play",
    "open_day",
    "one_a_day",
)


def name(code: str) -> str:
    """Return what the rule is called, in a few words."""
    return str(_RULES[code].name)


def sentence(code: str) -> str:
    """Return what is said where the rule says no."""
    return str(_RULES[code].sentence)


def reason(code: str) -> str:
    """Return why a contact has to change that breaks the rule."""
    rule = _RULES[code]
    return str(rule.reason or rule.sentence)


def lazy_sentence(code: str) -> Words:
    """Return the sentence in the language of whoever reads it later."""
    return _RULES[code].sentence
