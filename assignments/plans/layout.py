"""A proposal's tables as the page draws them: bars, the part of the map that was asked for, where two plans differ."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from assignments.plans.models import PlanProposal
from assignments.plans.rows import rows_of
from assignments.plans.selectors import HeatMap, ObserverLoad
from assignments.plans.selectors.tables import HeatRow
from observers.models import Observer
from participants.models import Enrolment

# Whoever is not so many contacts from a fair share has one.
FAR = 2


@dataclass(frozen=True, slots=True)
class LoadBar:
    """One observer's load, with the lengths that the bar is drawn by."""

    load: ObserverLoad
    contacts: str
    target: str
    capacity: str

    @property
    def off(self) -> float:
        """How many contacts more or fewer than a fair share."""
        return self.load.contacts - self.load.target


@dataclass(frozen=True, slots=True)
class Loads:
    """Everybody's load, those furthest from a fair share first, and what there is to say of them all."""

    furthest: list[LoadBar]
    rest: list[LoadBar]
    least: int
    most: int
    used: int
    near: int


def bars_of(found: Sequence[ObserverLoad], *, first: int) -> Loads:
    """Return the loads as bars on one scale."""
    scale = max((max(one.contacts, min(one.capacity, 2 * one.target)) for one in found), default=1) or 1
    bars = sorted((_bar(one, scale) for one in found), key=lambda bar: (-abs(bar.off), bar.load.name))
    used = [one.contacts for one in found if one.contacts]
    return Loads(
        furthest=bars[:first],
        rest=sorted(bars[first:], key=lambda bar: bar.load.name),
        least=min(used, default=0),
        most=max(used, default=0),
        used=len(used),
        near=sum(abs(bar.off) < FAR for bar in bars if bar.load.contacts),
    )


def _bar(load: ObserverLoad, scale: float) -> LoadBar:
    lengths = [f"{min(value / scale, 1):.2%}" for value in (load.contacts, load.target, load.capacity)]
    return LoadBar(load, *lengths)


def narrowed(found: HeatMap, *, award_class: str, is_lacking: bool) -> list[HeatRow]:
    """Return the rows of the class, or those with contacts that nobody can make."""
    return [
        row
        for row in found.rows
        if (not award_class or row.award_class == award_class) and (not is_lacking or row.unassigned)
    ]


def classes_of(found: HeatMap) -> list[str]:
    """Return the names of the classes in the map, in order."""
    return list(dict.fromkeys(row.award_class for row in found.rows))


@dataclass(frozen=True, slots=True)
class ParticipantDifference:
    """How many of a participant's contacts are other ones in the second plan."""

    name: str
    award_class: str
    participant_id: str
    contacts: int


@dataclass(frozen=True, slots=True)
class LoadDifference:
    """One observer's load in both plans."""

    name: str
    a: int
    b: int

    @property
    def change(self) -> int:
        """How many more in the second."""
        return self.b - self.a


@dataclass(frozen=True, slots=True)
class Differences:
    """Where two plans differ, the greatest differences first."""

    participants: list[ParticipantDifference]
    observers: list[LoadDifference]


def differences_of(a: PlanProposal, b: PlanProposal) -> Differences:
    """Return which participants meet other people or in other weeks, and whose load changes."""
    plans = [Counter((row.enrolment_id, row.observer_id, row.week) for row in rows_of(one)) for one in (a, b)]
    changed: Counter[int] = Counter()
    for (enrolment, _observer, _week), count in (plans[0] - plans[1]).items():
        changed[enrolment] += count
    enrolments = Enrolment.objects.select_related("participant", "award_class").in_bulk(changed)
    participants = [
        ParticipantDifference(
            enrolments[key].participant.name,
            enrolments[key].award_class.name,
            str(enrolments[key].participant.public_id),
            count,
        )
        for key, count in changed.most_common()
    ]
    return Differences(participants, _load_differences(*plans))


def _load_differences(
    a: "Counter[tuple[int, int | None, str]]", b: "Counter[tuple[int, int | None, str]]"
) -> list[LoadDifference]:
    first, second = _per_observer(a), _per_observer(b)
    known = Observer.objects.in_bulk({*first, *second})
    found = [
        LoadDifference(str(one), first[key], second[key]) for key, one in known.items() if first[key] != second[key]
    ]
    return sorted(found, key=lambda item: (-abs(item.change), item.name))


def _per_observer(plan: "Counter[tuple[int, int | None, str]]") -> "Counter[int]":
    counts: Counter[int] = Counter()
    for (_enrolment, observer, _week), count in plan.items():
        if observer is not None:
            counts[observer] += count
    return counts
