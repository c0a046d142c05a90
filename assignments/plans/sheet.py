"""A participant's contacts in a proposal, week by week, as they are shown and changed by hand."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from assignments import rule_words
from assignments.planning.problem import SLOTS, WEEKDAYS
from assignments.plans.models import PlanProposal, ProposedContact
from assignments.plans.selectors import choices_for, demographics
from assignments.plans.selectors.choices import ObserverChoice, WeekChoice
from assignments.plans.traits import traits_of
from assignments.plans.weeks import every_week
from ksp.lib.formatting import number
from ksp.lib.weeks import IsoWeek
from participants.models import ContactMethod, Enrolment, Participant

SLOT_HOURS = 2
# So many of those who may are shown before the rest is folded away.
FIRST = 8
# A change of cost below this is not noticed, one below that is slight.
NOTICEABLE, MUCH = 0.05, 2.0
# A Monday, to name the weekdays by.
_MONDAY = IsoWeek(2021, 48)


@dataclass(frozen=True, slots=True)
class WeekRow:
    """One week of the season with the participant's contacts in it."""

    week: str
    is_open: bool
    is_now: bool
    contacts: list[ProposedContact] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Unassigned:
    """Contacts without an observer for the same reasons: how many observers each rule refuses."""

    contacts: list[ProposedContact]
    words: list[str]


@dataclass(frozen=True, slots=True)
class MethodCount:
    """How many contacts by one method."""

    method: str
    count: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """One participant's contacts."""

    contacts: list[ProposedContact]
    weeks: list[WeekRow]
    unassigned: list[Unassigned]
    methods: list[MethodCount]

    @property
    def lacking(self) -> int:
        """How many contacts have no observer."""
        return sum(len(one.contacts) for one in self.unassigned)

    def contact(self, wanted: str) -> ProposedContact | None:
        """Return the contact with this number, if it is one of them."""
        return next((one for one in self.contacts if str(one.number) == wanted), None)


def sheet_of(proposal: PlanProposal, enrolment: Enrolment, *, today: date) -> Sheet:
    """Return the participant's contacts by week, in one query."""
    rows = proposal.contacts.filter(enrolment=enrolment).select_related("observer", "role_play")
    contacts = sorted(rows, key=lambda one: (one.week, one.weekday or 0, one.slot, one.number))
    by_week: dict[str, list[ProposedContact]] = {}
    for one in contacts:
        by_week.setdefault(one.week, []).append(one)
    now = str(IsoWeek.of(today))
    weeks = {str(one.week): bool(one.weekdays) for one in every_week(proposal.season)}
    counts = Counter(one.method for one in contacts)
    return Sheet(
        contacts=contacts,
        weeks=[
            WeekRow(week, weeks.get(week, False), week == now, by_week.get(week, []))
            for week in sorted({*weeks, *filter(None, by_week)})
        ],
        unassigned=_unassigned(contacts),
        methods=[MethodCount(method, counts[method]) for method in ContactMethod.values if counts[method]],
    )


def _unassigned(contacts: Sequence[ProposedContact]) -> list[Unassigned]:
    """Put those that lack an observer for the same reasons together."""
    found: dict[tuple[str, ...], list[ProposedContact]] = {}
    for one in contacts:
        if one.observer is None:
            found.setdefault(tuple(refusal_words(one.reasons)), []).append(one)
    return [Unassigned(own, list(words)) for words, own in found.items()]


def refusal_words(reasons: Mapping[str, Any]) -> list[str]:
    """Return which rules refuse how many observers, the commonest first."""
    counts: Mapping[str, int] = reasons.get("refused", {})
    ordered = sorted(counts.items(), key=lambda item: -item[1])
    return [f"{rule_words.sentence(code)} ({number(many)})" for code, many in ordered]


def advice(contact: ProposedContact, *, pattern: str = "l") -> str:
    """Return the advised weekday and hours in words; the pattern D makes the weekday short."""
    day = weekday_name(contact.weekday, pattern=pattern) if contact.weekday else ""
    return " ".join(part for part in (day, hours(contact.slot) if contact.slot else "") if part)


def weekday_name(weekday: int, *, pattern: str = "l") -> str:
    """Name the weekday with this number, Monday being 1."""
    return date_format(_MONDAY.days()[weekday - 1], pattern, use_l10n=False)


def hours(slot: str) -> str:
    """Return the hours that begin with the slot."""
    first = int(slot)
    return _("%(first)s–%(last)s o’clock") % {"first": first, "last": first + SLOT_HOURS}


def weekday_choices() -> list[tuple[int, str]]:
    """Return the weekdays as values and words."""
    return [(day, weekday_name(day)) for day in WEEKDAYS]


def slot_choices() -> list[tuple[str, str]]:
    """Return the hours as values and words."""
    return [(slot, hours(slot)) for slot in SLOTS]


@dataclass(frozen=True, slots=True)
class Candidate:
    """An observer who may make the contact, and what that would do to the plan, in words."""

    observer_id: str
    name: str
    words: str


@dataclass(frozen=True, slots=True)
class Offered:
    """What a contact can be changed to: weeks with the reasons against them, and who may make it and who not."""

    weeks: list[WeekChoice]
    first: list[Candidate]
    rest: list[Candidate]
    refused: list[ObserverChoice]


def choice_of(contact: ProposedContact) -> Offered:
    """Return what can be done with the contact."""
    found = choices_for(contact)
    others = [one for one in found.observers if one.observer_id != contact.observer_id]
    able = [Candidate(one.public_id, one.name, _judgement(one)) for one in others if not one.rules]
    return Offered(found.weeks, able[:FIRST], able[FIRST:], [one for one in others if one.rules])


def _judgement(choice: ObserverChoice) -> str:
    words = {
        "count": number(choice.contacts),
        "score": number(choice.score),
        "change": _change(choice.cost_change or 0),
    }
    return _("%(count)s contacts · score %(score)s · %(change)s") % words


def _change(cost: float) -> str:
    """Say what a change of the plan's cost means."""
    if cost < -NOTICEABLE:
        return _("the plan gets better")
    if cost <= NOTICEABLE:
        return _("the plan stays as good")
    return _("the plan gets slightly worse") if cost <= MUCH else _("the plan gets worse")


@dataclass(frozen=True, slots=True)
class LevelCount:
    """How many of a participant's contacts are made by observers of one level, and how many an even mix would have."""

    name: str
    count: int
    wished: float


@dataclass(frozen=True, slots=True)
class Mix:
    """One trait of the observers whom a participant meets."""

    name: str
    levels: list[LevelCount]


def mix_of(proposal: PlanProposal, sheet: Sheet) -> list[Mix]:
    """Return what kind of people contact the participant."""
    observers = [one.observer for one in sheet.contacts if one.observer is not None]
    own = traits_of(observers, year=proposal.season.starts_on.year)
    return [
        Mix(
            trait.name,
            [
                LevelCount(level.name, int((own[:, place] == rank).sum()), len(observers) * level.team_share)
                for rank, level in enumerate(trait.levels)
            ],
        )
        for place, trait in enumerate(demographics(proposal))
    ]


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The participants before and after this one, by name, those with contacts in the proposal alone."""

    previous: Participant | None
    next: Participant | None


def neighbours_of(proposal: PlanProposal, participant: Participant) -> Neighbours:
    """Return who comes before and after by name, in one query."""
    everybody = list(
        Participant.objects.filter(proposed_contacts__proposal=proposal)
        .annotate(size=Count("pk"))
        .order_by("name", "pk")
        .only("name", "public_id")
    )
    return _beside(everybody, participant)


def _beside(everybody: Sequence[Participant], participant: Participant) -> Neighbours:
    places = [place for place, one in enumerate(everybody) if one.pk == participant.pk]
    if not places:
        return Neighbours(None, None)
    place = places[0]
    after = everybody[place + 1] if place + 1 < len(everybody) else None
    return Neighbours(everybody[place - 1] if place else None, after)
