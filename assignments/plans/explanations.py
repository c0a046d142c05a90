"""Why contacts go without an observer and what would help, as stored and in words."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assignments.planning import Plan, Problem, Shortage
from assignments.plans.people import METHODS, People
from assignments.plans.situation import Situation
from ksp.lib.formatting import iso_week, number, plain
from participants.models import ContactMethod

# So many of a group are named; of the others it is said how many they are.
MOST_NAMED = 3
Stored = dict[str, Any]


def stored_shortages(shortages: Iterable[Shortage], situation: Situation) -> list[Stored]:
    """Return the shortages as JSON holds them, with names in place of numbers."""
    return [_stored({**asdict(item), "lacking": item.lacking}, situation) for item in shortages]


def stored_relaxations(problem: Problem, plan: Plan, situation: Situation) -> list[Stored]:
    """Return the smallest changes that would help, as JSON holds them; none where nothing is wanting."""
    from assignments.planning.relaxations import smallest  # noqa: PLC0415 -- loads the solver, which takes its time

    barred = [
        People(situation.season, [one], situation.has_left).why_not() == ("good_score",) for one in situation.observers
    ]
    found = smallest(problem, plan.frame, barred_by_score=np.array(barred, bool))
    return [_stored({**asdict(item), "solves_all": item.solves_all}, situation) for item in found]


def _stored(values: Mapping[str, Any], situation: Situation) -> Stored:
    stored = dict(values)
    stored["participants"] = [_named(situation, place) for place in values.get("participants", ())]
    stored["observers"] = [_person(situation, place) for place in values.get("observers", ())]
    stored["methods"] = [METHODS[place] for place in values.get("methods", ())]
    stored["week"] = None if values["week"] is None else str(situation.weeks[values["week"]].week)
    stored["method"] = None if values["method"] is None else METHODS[values["method"]]
    return stored


def _named(situation: Situation, place: int) -> Stored:
    participant = situation.enrolments[place].participant
    return {"code": participant.code, "name": participant.name, "id": str(participant.public_id)}


def _person(situation: Situation, place: int) -> Stored:
    observer = situation.observers[place]
    return {"code": observer.code, "name": str(observer), "id": str(observer.public_id)}


def shortage_in_words(stored: Stored) -> str:
    """Return one shortage as a sentence that a manager can act on."""
    return _SHORTAGES[stored["kind"]](stored) % _words(stored)


def relaxation_in_words(stored: Stored) -> str:
    """Return one change that would help, and how much, in two sentences."""
    change = _RELAXATIONS[stored["kind"]](stored) % _words(stored)
    if stored["unassigned_after"] == 0:
        solved = _("Then every contact has an observer.")
        return f"{change} {solved}"
    left = stored["unassigned_after"]
    effect = ngettext(
        "Then %(left)s contact is still without an observer.",
        "Then %(left)s contacts are still without an observer.",
        left,
    )
    return f"{change} {effect % {'left': number(left)}}"


def _words(stored: Stored) -> dict[str, str]:
    methods = [str(ContactMethod(method).label) for method in stored.get("methods") or []]
    return {
        "who": _names(stored.get("participants") or []),
        "observers": _names(stored.get("observers") or []),
        "methods": ", ".join(methods),
        "week": iso_week(stored["week"]) if stored.get("week") else "",
        "method": str(ContactMethod(stored["method"]).label) if stored.get("method") else "",
        "needed": number(stored.get("needed")),
        "room": number(stored.get("room")),
        "amount": number(stored.get("amount")),
        "score": plain(stored.get("score")),
    }


def _names(people: list[Stored]) -> str:
    names = ", ".join(item["name"] for item in people[:MOST_NAMED])
    rest = len(people) - MOST_NAMED
    if rest <= 0:
        return names
    return ngettext("%(names)s and %(count)s more", "%(names)s and %(count)s more", rest) % {
        "names": names,
        "count": rest,
    }


def _of_participant(stored: Stored) -> str:
    if not stored["room"]:
        return _("%(who)s: no observer is eligible, for %(needed)s contacts.")
    if stored.get("method"):
        return ngettext(
            "%(who)s, %(method)s: only %(room)s eligible observer for %(needed)s contacts.",
            "%(who)s, %(method)s: only %(room)s eligible observers for %(needed)s contacts.",
            stored["room"],
        )
    return ngettext(
        "%(who)s: only %(room)s eligible observer for %(needed)s contacts.",
        "%(who)s: only %(room)s eligible observers for %(needed)s contacts.",
        stored["room"],
    )


def _of_participants(_stored: Stored) -> str:
    return _("%(who)s: %(needed)s contacts together, and the eligible observers whom they share can make %(room)s.")


def _of_days(_stored: Stored) -> str:
    return _("%(who)s: %(needed)s contacts, and only %(room)s days to make them on.")


def _of_nothing(_stored: Stored) -> str:
    return _("The season has no week with enough working days: %(needed)s contacts have nowhere to go.")


_SHORTAGES: dict[str, Callable[[Stored], str]] = {
    "participant": _of_participant,
    "participants": _of_participants,
    "week": lambda _item: _("In %(week)s: %(needed)s contacts, capacity %(room)s."),
    "method": lambda _item: _("%(method)s: %(needed)s contacts, capacity %(room)s."),
    "season": lambda _item: _("The whole season: %(needed)s contacts, capacity %(room)s."),
    "days": _of_days,
    "no_weeks": _of_nothing,
}


def _of_weekly_capacity(stored: Stored) -> str:
    return ngettext(
        "Let %(observers)s take %(amount)s contact more a week.",
        "Let %(observers)s take %(amount)s contacts more a week.",
        stored["amount"],
    )


def _of_season_capacity(stored: Stored) -> str:
    return ngettext(
        "Let %(observers)s take %(amount)s contact more in the season.",
        "Let %(observers)s take %(amount)s contacts more in the season.",
        stored["amount"],
    )


def _of_newcomers(stored: Stored) -> str:
    return ngettext(
        "Find %(amount)s more observer who uses %(methods)s.",
        "Find %(amount)s more observers who use %(methods)s.",
        stored["amount"],
    )


def _of_score(_stored: Stored) -> str:
    return _("Lower the season’s least score to %(score)s, which lets in %(observers)s.")


def _of_moves(stored: Stored) -> str:
    return ngettext(
        "Move %(amount)s contact out of %(week)s.", "Move %(amount)s contacts out of %(week)s.", stored["amount"]
    )


def _of_opening(stored: Stored) -> str:
    return ngettext("Open %(amount)s day in %(week)s.", "Open %(amount)s days in %(week)s.", stored["amount"])


def _of_methods(stored: Stored) -> str:
    return ngettext(
        "Make %(amount)s contact of %(who)s by %(methods)s instead of %(method)s.",
        "Make %(amount)s contacts of %(who)s by %(methods)s instead of %(method)s.",
        stored["amount"],
    )


def _of_fewer(stored: Stored) -> str:
    if not stored["participants"]:
        return ngettext(
            "Plan %(amount)s contact fewer in all, shared out over the participants.",
            "Plan %(amount)s contacts fewer in all, shared out over the participants.",
            stored["amount"],
        )
    return ngettext(
        "Plan %(amount)s contact fewer in all for %(who)s.",
        "Plan %(amount)s contacts fewer in all for %(who)s.",
        stored["amount"],
    )


_RELAXATIONS: dict[str, Callable[[Stored], str]] = {
    "weekly_capacity": _of_weekly_capacity,
    "season_capacity": _of_season_capacity,
    "observers": _of_newcomers,
    "least_score": _of_score,
    "move_week": _of_moves,
    "open_week": _of_opening,
    "method": _of_methods,
    "fewer_contacts": _of_fewer,
}
