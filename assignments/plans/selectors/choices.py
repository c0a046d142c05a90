"""What can become of one contact of a proposal: weeks, days and observers, each with the rules that say no."""

from dataclasses import dataclass
from uuid import UUID

from assignments import rule_words
from assignments.planning import SLOTS, WEEKDAYS, Weights, candidates, change_of_cost
from assignments.plans.drafts import Draft, draft_of
from assignments.plans.making import refine
from assignments.plans.models import PlanProposal, ProposedContact
from assignments.plans.moves import Wish, judge
from assignments.plans.weeks import every_week
from participants.models import Enrolment, Participant


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekChoice:
    """One week: which rules say no (none: it is allowed), by how much the plan gets dearer, and what is there now."""

    week: str
    rules: tuple[str, ...]
    sentences: tuple[str, ...]
    cost_change: float | None
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DayChoice:
    """One weekday of the contact's week."""

    weekday: int
    rules: tuple[str, ...]
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ObserverChoice:
    """One observer: which rules say no (none: allowed), and by how much the plan gets dearer."""

    observer_id: int
    public_id: str
    name: str
    score: float
    contacts: int
    rules: tuple[str, ...]
    sentences: tuple[str, ...]
    cost_change: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """Everything that one contact can be changed to; observers who may come first, the cheapest first."""

    weeks: list[WeekChoice]
    weekdays: list[DayChoice]
    observers: list[ObserverChoice]
    slots: tuple[str, ...] = SLOTS


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekCell:
    """A week of the season with what a participant has in it."""

    week: str
    is_open: bool
    contacts: list[ProposedContact]


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantPlan:
    """One participant's contacts in a proposal."""

    participant: Participant
    award_class: str
    weeks: list[WeekCell]
    contacts: list[ProposedContact]


def choices_for(contact: ProposedContact) -> Choices:
    """Return what the contact can be changed to, and for everything else why not."""
    draft = draft_of(contact.proposal, participant_ids=[contact.participant_id])
    weights = Weights(**draft.proposal.figures["weights"]) if "weights" in draft.proposal.figures else Weights()
    return Choices(
        weeks=[_week(draft, contact, str(item.week), weights) for item in draft.situation.weeks],
        weekdays=[_weekday(draft, contact, weekday) for weekday in WEEKDAYS],
        observers=sorted(
            (_observer(draft, contact, observer, codes, weights) for observer, codes in _judged(draft, contact)),
            key=lambda choice: (len(choice.rules), choice.cost_change or 0.0, choice.name),
        ),
    )


def sentences_of(codes: tuple[str, ...]) -> tuple[str, ...]:
    """Return what is said of each code."""
    return tuple(rule_words.sentence(code) for code in codes)


def _week(draft: Draft, contact: ProposedContact, week: str, weights: Weights) -> WeekChoice:
    place, number = draft.places[contact.pk], draft.situation.week_place[week]
    codes = judge(draft, contact, Wish.of(draft, contact, {"week": week}))
    frame, observer = draft.plan.frame, int(draft.plan.observer[place])
    is_there = (frame.participant == frame.participant[place]) & (frame.week == number)
    change = None
    if not codes:
        problem = draft.situation.problem
        change = change_of_cost(problem, draft.plan, place, observer=observer, week=number, weights=weights)
    return WeekChoice(
        week=week, rules=codes, sentences=sentences_of(codes), cost_change=change, count=int(is_there.sum())
    )


def _weekday(draft: Draft, contact: ProposedContact, weekday: int) -> DayChoice:
    codes = judge(draft, contact, Wish.of(draft, contact, {"weekday": weekday}))
    return DayChoice(weekday=weekday, rules=codes, sentences=sentences_of(codes))


def _judged(draft: Draft, contact: ProposedContact) -> list[tuple[int, tuple[str, ...]]]:
    """Return every observer with the rules that say no."""
    found = candidates(draft.situation.problem, draft.plan, draft.places[contact.pk])
    also = ("locked",) if contact.is_locked else ()
    return [(observer, (*also, *refine(draft.situation, observer, codes))) for observer, codes in found]


def _observer(
    draft: Draft, contact: ProposedContact, observer: int, codes: tuple[str, ...], weights: Weights
) -> ObserverChoice:
    place, problem = draft.places[contact.pk], draft.situation.problem
    week, person = int(draft.plan.frame.week[place]), draft.situation.observers[observer]
    change = None
    if not codes:
        change = change_of_cost(problem, draft.plan, place, observer=observer, week=week, weights=weights)
    return ObserverChoice(
        observer_id=person.pk,
        public_id=str(person.public_id),
        name=str(person),
        score=float(problem.scores[observer]),
        contacts=int((draft.plan.observer == observer).sum()),
        rules=codes,
        sentences=sentences_of(codes),
        cost_change=change,
    )


def participant_plan(proposal: PlanProposal, participant_id: UUID | str) -> ParticipantPlan:
    """Return a participant's contacts in the proposal by week; the participant is named by its public id."""
    enrolments = Enrolment.objects.filter(season=proposal.season).select_related("participant", "award_class")
    enrolment = enrolments.get(participant__public_id=participant_id)
    rows = ProposedContact.objects.filter(proposal=proposal, enrolment=enrolment)
    contacts = list(rows.select_related("observer", "role_play", "participant").order_by("week", "weekday", "number"))
    for contact in contacts:
        contact.proposal = proposal
    weeks = every_week(proposal.season)
    return ParticipantPlan(
        participant=enrolment.participant,
        award_class=enrolment.award_class.name,
        weeks=[
            WeekCell(
                week=str(item.week),
                is_open=bool(item.weekdays),
                contacts=[contact for contact in contacts if contact.week == str(item.week)],
            )
            for item in weeks
        ],
        contacts=contacts,
    )
