"""Who sees how certain a result is: the season decides."""

from django.contrib.auth.models import AnonymousUser

from ksp.accounts.models import Role, User
from participants.models import STAFF, Season

MANAGERS, PARTICIPANTS, PUBLIC = "managers", "participants", "public"
AUDIENCES = (MANAGERS, PARTICIPANTS, PUBLIC)
Reader = User | AnonymousUser


def shows_intervals(user: Reader, season: Season) -> bool:
    """Whether the person sees intervals of results and places."""
    return _audience(user) <= AUDIENCES.index(season.settings.intervals_for)


def shows_probabilities(user: Reader, season: Season) -> bool:
    """Whether the person sees how probable it is to be truly first."""
    return _audience(user) <= AUDIENCES.index(season.settings.probabilities_for)


def _audience(user: Reader) -> int:
    role = getattr(user, "role", None)
    if role in STAFF:
        return AUDIENCES.index(MANAGERS)
    return AUDIENCES.index(PARTICIPANTS if role == Role.PARTICIPANT else PUBLIC)
