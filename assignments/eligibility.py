"""Which observers may make a contact, and for each who may not, why: one readable set of named rules."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils.functional import Promise

from assignments.models import Assignment
from assignments.rule_words import lazy_sentence
from ksp.lib.weeks import IsoWeek
from observers.applications.models import TeamMember
from observers.models import CustomerRelation, Observer, PriorContact
from participants.models import Season
from participants.season_settings import SeasonSettings


def weeks_between(season: Season) -> tuple[str, str]:
    """Return the first and the last week of a season, as observers' lists of weeks write them."""
    return str(IsoWeek.of(season.starts_on)), str(IsoWeek.of(season.ends_on))


@dataclass(frozen=True, kw_only=True)
class Facts:
    """All that the rules need to know about one observer and one contact.

    ``season_weeks`` are the first and the last week of the season: a list of weeks that names none of them was made
    for another season, and says nothing about this one.
    """

    observer: Observer
    method: str
    week: IsoWeek
    has_met: bool
    is_customer: bool
    load_in_week: int
    load_in_season: int
    settings: SeasonSettings
    season_weeks: tuple[str, str]
    has_left: bool = False

    @property
    def named_weeks(self) -> list[str]:
        """The weeks of the season that the observer has chosen; none where all of them will do."""
        first, last = self.season_weeks
        return [week for week in self.observer.weeks if first <= week <= last]

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
    named = facts.named_weeks
    if named and str(facts.week) not in named:
        return False
    starts = observer.available_from is None or observer.available_from <= facts.week.sunday()
    ends = observer.available_to is None or observer.available_to >= facts.week.monday()
    return starts and ends


def _rule(code: str, is_met: Callable[[Facts], bool]) -> Rule:
    return Rule(code, lazy_sentence(code), is_met)


RULES = (
    _rule("active", lambda facts: facts.observer.is_active),
    _rule("has_left", lambda facts: not facts.has_left),
    _rule("never_met", lambda facts: not facts.has_met),
    _rule("not_customer", lambda facts: not facts.is_customer),
    _rule("offers_method", lambda facts: facts.method in facts.observer.methods),
    _rule("available", _is_available),
    _rule("weekly_capacity", lambda facts: facts.load_in_week < facts.observer.weekly_capacity),
    _rule(
        "season_capacity",
        lambda facts: facts.observer.season_capacity is None or facts.load_in_season < facts.observer.season_capacity,
    ),
    _rule("good_score", lambda facts: facts.score >= facts.settings.least_observer_score),
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
    settings, season_weeks = assignment.season.settings, weeks_between(assignment.season)
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
                season_weeks=season_weeks,
                has_left=observer.pk in known.has_left,
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
    has_left: frozenset[int]


def who_left(season_id: int) -> frozenset[int]:
    """Return the observers who have left the season's team."""
    left = TeamMember.objects.filter(season=season_id, left_at__isnull=False)
    return frozenset(left.values_list("observer_id", flat=True))


def _knowledge(assignment: Assignment) -> _Knowledge:
    """Read, in four queries, what the rules need about everybody."""
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
        has_left=who_left(assignment.season_id),
    )
