"""Which observers may make a contact, and for each who may not, why: one readable set of named rules."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from assignments.models import Assignment
from ksp.lib.weeks import IsoWeek
from observers.models import CustomerRelation, Observer, PriorContact
from participants.season_settings import SeasonSettings


@dataclass(frozen=True, kw_only=True)
class Facts:
    """All that the rules need to know about one observer and one contact."""

    observer: Observer
    method: str
    week: IsoWeek
    has_met: bool
    is_customer: bool
    load_in_week: int
    load_in_season: int
    settings: SeasonSettings

    @property
    def score(self) -> float:
        """The internal score; a new observer counts as the season says."""
        known = self.observer.known_score
        return self.settings.new_observer_score if known is None else known


@dataclass(frozen=True)
class Rule:
    """One requirement: its name, the sentence for those who fail it, and the test that they pass."""

    code: str
    sentence: str | Promise
    is_met: Callable[[Facts], bool]


def _is_available(facts: Facts) -> bool:
    """The observer can work on some day of the week, and did not leave the week out."""
    observer = facts.observer
    if observer.weeks and str(facts.week) not in observer.weeks:
        return False
    starts = observer.available_from is None or observer.available_from <= facts.week.sunday()
    ends = observer.available_to is None or observer.available_to >= facts.week.monday()
    return starts and ends


RULES = (
    Rule("active", _("The observer is no longer active."), lambda facts: facts.observer.is_active),
    Rule("never_met", _("Has contacted this participant before."), lambda facts: not facts.has_met),
    Rule(
        "not_customer", _("Is a customer of the participant, or registered there."), lambda facts: not facts.is_customer
    ),
    Rule("offers_method", _("Does not use this contact method."), lambda facts: facts.method in facts.observer.methods),
    Rule("available", _("Is not available in this week."), _is_available),
    Rule(
        "weekly_capacity",
        _("Has as many contacts in this week as they can take."),
        lambda facts: facts.load_in_week < facts.observer.weekly_capacity,
    ),
    Rule(
        "season_capacity",
        _("Has as many contacts in this season as they can take."),
        lambda facts: facts.observer.season_capacity is None or facts.load_in_season < facts.observer.season_capacity,
    ),
    Rule(
        "good_score",
        _("Has an internal score below what the season requires."),
        lambda facts: facts.score >= facts.settings.least_observer_score,
    ),
)


@dataclass(frozen=True)
class Candidate:
    """One observer for one contact, with the rules that say no."""

    facts: Facts
    refusals: tuple[Rule, ...]

    @property
    def is_eligible(self) -> bool:
        """No rule says no."""
        return not self.refusals


def judge(facts: Facts) -> Candidate:
    """Return the observer with every rule that says no, in the order of the rules."""
    return Candidate(facts, tuple(rule for rule in RULES if not rule.is_met(facts)))


def candidates(assignment: Assignment, observers: Iterable[Observer]) -> list[Candidate]:
    """Return each observer judged for this contact: eligible first, the best score first."""
    known = _knowledge(assignment)
    week = IsoWeek.parse(assignment.week)
    settings = assignment.season.settings
    judged = [
        judge(
            Facts(
                observer=observer,
                method=assignment.method,
                week=week,
                has_met=observer.pk in known.met,
                is_customer=observer.pk in known.customers,
                load_in_week=known.in_week[observer.pk],
                load_in_season=known.in_season[observer.pk],
                settings=settings,
            )
        )
        for observer in observers
    ]
    return sorted(judged, key=lambda item: (len(item.refusals), -item.facts.score, item.facts.load_in_season))


@dataclass(frozen=True)
class _Knowledge:
    met: frozenset[int]
    customers: frozenset[int]
    in_week: Mapping[int, int]
    in_season: Mapping[int, int]


def _knowledge(assignment: Assignment) -> _Knowledge:
    """Read, in three queries, what the rules need about everybody."""
    others = Assignment.objects.meeting().exclude(pk=assignment.pk)
    met = others.filter(participant=assignment.participant_id).values_list("observer_id", flat=True)
    before = PriorContact.objects.filter(participant=assignment.participant_id).values_list("observer_id", flat=True)
    customers = CustomerRelation.objects.filter(participant=assignment.participant_id)
    loads = (
        others.filter(season=assignment.season_id)
        .values("observer_id")
        .annotate(in_season=Count("pk"), in_week=Count("pk", filter=Q(week=assignment.week)))
    )
    in_week: Counter[int] = Counter()
    in_season: Counter[int] = Counter()
    for row in loads:
        in_week[row["observer_id"]], in_season[row["observer_id"]] = row["in_week"], row["in_season"]
    return _Knowledge(
        met=frozenset(met.union(before)),
        customers=frozenset(customers.values_list("observer_id", flat=True)),
        in_week=in_week,
        in_season=in_season,
    )
