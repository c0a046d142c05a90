"""Which participant and season a person looks at, and what else there is to choose."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from ksp.accounts.models import User
from ksp.lib.alphabet import norwegian_order
from participants.models import STAFF, Enrolment
from participants.workflow import SeasonState


@dataclass(frozen=True)
class Choice:
    """One thing to choose, with the query of the address that chooses it."""

    label: str
    query: str
    is_current: bool


@dataclass(frozen=True)
class Chosen:
    """The enrolment that the pages are about. ``query`` keeps the choice in addresses; empty where there is but one.

    ``participants`` and ``seasons`` are empty unless there are several.
    """

    enrolment: Enrolment
    query: str
    participants: Sequence[Choice]
    seasons: Sequence[Choice]


def choose_enrolment(user: User, *, season: str = "", participant: str = "") -> Chosen | None:
    """Return the enrolment with this season's code and participant's key, else the newest one; None without any.

    Staff name the participant. What the person may not see raises ``Enrolment.DoesNotExist``.
    """
    enrolments = _enrolments(user, participant)
    wanted = [
        enrolment
        for enrolment in enrolments
        if season in {"", enrolment.season.code} and participant in {"", str(enrolment.participant.public_id)}
    ]
    if wanted:
        return _chosen(wanted[0], enrolments, is_staff=user.role in STAFF)
    if season or participant:
        raise Enrolment.DoesNotExist
    return None


def _enrolments(user: User, participant: str) -> list[Enrolment]:
    """Return what the person may choose from: the newest season first, then by name."""
    found = Enrolment.objects.visible_to(user).exclude(season__state=SeasonState.PREPARING)
    if user.role in STAFF:
        try:
            found = found.filter(participant__public_id=uuid.UUID(participant))
        except ValueError:
            return []
    rows = found.select_related("season", "participant", "award_class").order_by("-season__starts_on", "-season_id")
    by_name = sorted(rows, key=lambda enrolment: norwegian_order(enrolment.participant.name))
    return sorted(by_name, key=lambda enrolment: (enrolment.season.starts_on, enrolment.season_id), reverse=True)


def _chosen(current: Enrolment, enrolments: Sequence[Enrolment], *, is_staff: bool) -> Chosen:
    own = [enrolment for enrolment in enrolments if enrolment.participant_id == current.participant_id]
    others: dict[int, Enrolment] = {}
    for enrolment in enrolments:
        if enrolment.participant_id not in others or enrolment.season_id == current.season_id:
            others[enrolment.participant_id] = enrolment
    by_name = sorted(others.values(), key=lambda enrolment: norwegian_order(enrolment.participant.name))
    return Chosen(
        enrolment=current,
        query=_query(current) if is_staff or len(enrolments) > 1 else "",
        participants=[_choice(item, item.participant.name, current) for item in by_name] if len(others) > 1 else [],
        seasons=[_choice(item, item.season.name, current) for item in own] if len(own) > 1 else [],
    )


def _choice(enrolment: Enrolment, label: str, current: Enrolment) -> Choice:
    return Choice(label=label, query=_query(enrolment), is_current=enrolment.pk == current.pk)


def _query(enrolment: Enrolment) -> str:
    return "?" + urlencode({"season": enrolment.season.code, "participant": str(enrolment.participant.public_id)})
