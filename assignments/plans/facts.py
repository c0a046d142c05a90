"""A fingerprint of all that a plan's rules read, part by part, so that it can be said what has changed since."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from numpy.typing import NDArray

from assignments.models import Assignment
from assignments.plans.situation import Situation

SENTENCES: dict[str, str | Promise] = {
    "participants": _("Participants, classes, role-plays or the distribution key have changed."),
    "weeks": _("The season’s weeks or days without contacts have changed."),
    "team": _("The team has changed, or who of it may be given contacts."),
    "observers": _("What observers can take has changed: methods, weeks or number of contacts."),
    "met": _("It has become known that an observer has contacted a participant before."),
    "customers": _("It has become known that an observer is a customer of a participant."),
    "contacts": _("The season’s contacts have changed."),
}
# Tables of observers, or of observers and participants, are others as soon as those are.
_FOLLOWS = {
    "observers": {"team", "weeks"},
    "met": {"team", "participants"},
    "customers": {"team", "participants"},
}
_LENGTH = 16


def facts_of(situation: Situation) -> dict[str, str]:
    """Return a short fingerprint of each part of what the plan of a season rests on."""
    problem, season = situation.problem, situation.season
    contacts = Assignment.objects.filter(season=season).order_by("pk").values_list("pk", "state", "observer_id", "week")
    return {
        "participants": _print(
            [(item.pk, item.award_class_id) for item in situation.enrolments],
            [[play.pk for play in plays] for _key, plays in sorted(situation.role_plays.items())],
            problem.quotas,
        ),
        "weeks": _print([str(item.week) for item in situation.weeks], problem.open_days),
        "team": _print([item.pk for item in situation.observers], problem.may_work),
        "observers": _print(problem.offers, problem.available, problem.weekly_capacity, problem.season_capacity),
        "met": _print(problem.met),
        "customers": _print(problem.customers),
        "contacts": _print(list(contacts)),
    }


def whole(facts: Mapping[str, str]) -> str:
    """Return one fingerprint of them all."""
    return hashlib.sha256("".join(facts[name] for name in SENTENCES).encode()).hexdigest()


def differences(before: Mapping[str, str], now: Mapping[str, str]) -> tuple[str, ...]:
    """Say which parts are not what they were; what differs only because of another part is not told beside it."""
    changed = {name for name in SENTENCES if before.get(name) != now[name]}
    return tuple(
        str(sentence)
        for name, sentence in SENTENCES.items()
        if name in changed and not _FOLLOWS.get(name, set()) & changed
    )


def _print(*parts: "NDArray[Any] | Iterable[object]") -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.tobytes() if hasattr(part, "tobytes") else json.dumps(part, default=list).encode())
    return digest.hexdigest()[:_LENGTH]
