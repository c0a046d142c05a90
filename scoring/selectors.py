"""Reads stored scores as results: of one participant beside its class and season, and of a whole season."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

import numpy as np
from django.db.models import Q

from ksp.lib.alphabet import norwegian_order
from participants.models import AwardClass, Enrolment, Season
from scoring.batteries import battery_of, scoring_rules
from scoring.computing import ComputedSeason
from scoring.engine.battery import Stored
from scoring.engine.layout import Layout, Summary
from scoring.engine.measures import GROUPS
from scoring.engine.ranks import Award, Ranks, Standings, awards
from scoring.engine.rules import Rules
from scoring.engine.sister import Both, best_of_both, both_surveys
from scoring.models import Scope, ScoreSummary, ScoringState

ALL_METHODS = ""
RESULT_FIELDS = (
    "scope",
    "enrolment_id",
    "award_class_id",
    "method",
    "contacts",
    "total",
    "rank_class",
    "rank_overall",
    "vector",
    "sums",
)


@dataclass(frozen=True, eq=False)
class Results:
    """What a participant, a class or the season has: decoded when first asked for, by contact method."""

    layout: Layout
    rows: Mapping[str, ScoreSummary] = field(default_factory=dict)

    @cached_property
    def by_method(self) -> Mapping[str, Summary]:
        """The summary of every contact method that has an approved contact; of all of them under ``""``."""
        return {method: self.layout.decode(row.vector) for method, row in self.rows.items()}

    @cached_property
    def all_methods(self) -> Summary:
        """The summary of all contacts; one of nothing while none is approved."""
        row = self.rows.get(ALL_METHODS)
        return self.layout.decode(self.layout.empty() if row is None else row.vector)

    @property
    def rank_class(self) -> int | None:
        """The place in the class; none while too few contacts are approved."""
        return self._place("rank_class")

    @property
    def rank_overall(self) -> int | None:
        """The place among all participants; none while too few contacts are approved."""
        return self._place("rank_overall")

    def _place(self, name: str) -> int | None:
        row = self.rows.get(ALL_METHODS)
        place: int | None = None if row is None else getattr(row, name)
        return place


@dataclass(frozen=True)
class EnrolmentResults:
    """A participant's results, with those of its class and of the season to compare with."""

    enrolment: Enrolment
    own: Results
    award_class: Results
    season: Results


@dataclass(frozen=True, eq=False)
class ParticipantResult:
    """One enrolled participant of a season; ``enrolment`` has its participant and its class at hand."""

    enrolment: Enrolment
    results: Results

    @property
    def is_ranked(self) -> bool:
        """Whether enough contacts are approved for a place."""
        return self.results.rank_overall is not None


@dataclass(frozen=True, eq=False)
class ClassResult:
    """One class that has participants: how many are enrolled, and its means."""

    award_class: AwardClass
    enrolled: int
    results: Results


@dataclass(frozen=True)
class GivenAward:
    """One award to one participant; ``score`` (0–100) won it. ``shared`` when others have the same."""

    award: str
    award_class: AwardClass | None
    method: str
    winner: ParticipantResult
    score: float
    shared: bool


@dataclass(frozen=True)
class CombinedResult:
    """What a ranked participant has in this survey and its sister (0–100); ``place`` is among those who have both."""

    participant: ParticipantResult
    total: float
    sister: float
    mean: float
    place: int
    shared: bool


@dataclass(frozen=True, eq=False)
class SeasonResults:
    """Everything that the stored scores of a season say.

    ``participants`` holds every enrolled participant, also those without an approved contact, in the
    order of their ids; ``classes`` is in the order of their names. ``combined`` is empty unless results of the
    sister survey are imported, and begins with the best.
    """

    season: Season
    computed_at: datetime | None
    participants: Sequence[ParticipantResult]
    classes: Sequence[ClassResult]
    season_results: Results
    awards: Sequence[GivenAward]
    combined: Sequence[CombinedResult]


def enrolment_results(enrolment: Enrolment) -> EnrolmentResults:
    """Return the participant's stored results beside its class and season: one query, fifteen rows at most."""
    layout = Layout.of(battery_of(enrolment.season))
    wanted = (
        Q(scope=Scope.PARTICIPANT, enrolment=enrolment)
        | Q(scope=Scope.CLASS, award_class=enrolment.award_class_id)
        | Q(scope=Scope.SEASON)
    )
    rows = ScoreSummary.objects.filter(wanted, season=enrolment.season_id).only(*RESULT_FIELDS)
    found: dict[str, dict[str, ScoreSummary]] = {scope: {} for scope in Scope.values}
    for row in rows:
        found[row.scope][row.method] = row
    return EnrolmentResults(
        enrolment=enrolment,
        own=Results(layout, found[Scope.PARTICIPANT]),
        award_class=Results(layout, found[Scope.CLASS]),
        season=Results(layout, found[Scope.SEASON]),
    )


def season_results(season: Season) -> SeasonResults:
    """Return the results, places and awards of a season as they are stored: three queries."""
    state = ScoringState.objects.filter(season=season).first()
    rows = ScoreSummary.objects.filter(season=season).only(*RESULT_FIELDS)
    return _results(season, rows, scoring_rules(season.settings), None if state is None else state.computed_at)


def computed_results(computed: ComputedSeason) -> SeasonResults:
    """Return the same as it was computed just now, by the season's rules or by others, whatever is stored."""
    return _results(computed.book.season, computed.summaries(), computed.book.rules, None)


def _results(season: Season, rows: Iterable[ScoreSummary], rules: Rules, computed_at: datetime | None) -> SeasonResults:
    layout = Layout.of(battery_of(season))
    own, classes, whole = _by_owner(rows)
    enrolments = Enrolment.objects.filter(season=season)
    enrolments = enrolments.select_related("participant", "award_class", "season", "sister_result")
    participants = [
        ParticipantResult(enrolment, Results(layout, own.get(enrolment.pk, {})))
        for enrolment in enrolments.order_by("participant__code")
    ]
    given, combined = _decided(participants, rules)
    return SeasonResults(
        season=season,
        computed_at=computed_at,
        participants=participants,
        classes=_class_results(layout, participants, classes),
        season_results=Results(layout, whole),
        awards=given,
        combined=combined,
    )


Rows = dict[str, ScoreSummary]


def _by_owner(rows: Iterable[ScoreSummary]) -> tuple[dict[int, Rows], dict[int, Rows], Rows]:
    """Return a season's rows by method: of each enrolment, of each class, of the whole."""
    own: dict[int, Rows] = {}
    classes: dict[int, Rows] = {}
    whole: Rows = {}
    for row in rows:
        if row.enrolment_id is not None:
            own.setdefault(row.enrolment_id, {})[row.method] = row
        elif row.award_class_id is not None:
            classes.setdefault(row.award_class_id, {})[row.method] = row
        else:
            whole[row.method] = row
    return own, classes, whole


def _class_results(
    layout: Layout, participants: Sequence[ParticipantResult], stored: Mapping[int, Rows]
) -> list[ClassResult]:
    known = {item.enrolment.award_class_id: item.enrolment.award_class for item in participants}
    sizes = _class_sizes(participants)
    return [
        ClassResult(found, sizes[found.pk], Results(layout, stored.get(found.pk, {})))
        for found in sorted(known.values(), key=lambda award_class: norwegian_order(award_class.name))
    ]


def _class_sizes(participants: Sequence[ParticipantResult]) -> dict[int, int]:
    sizes: dict[int, int] = {}
    for item in participants:
        sizes[item.enrolment.award_class_id] = sizes.get(item.enrolment.award_class_id, 0) + 1
    return sizes


def _decided(participants: Sequence[ParticipantResult], rules: Rules) -> tuple[list[GivenAward], list[CombinedResult]]:
    """Return who won what, and how those stand who have a result in the sister survey too."""
    competing = sorted((item for item in participants if item.results.rows), key=lambda item: item.enrolment.pk)
    known = {item.enrolment.pk: item for item in competing}
    standings, ranks = _standings(competing)
    given = awards(standings, ranks, rules, class_sizes=_class_sizes(participants))
    both = both_surveys(standings, ranks, _sister_results(competing))
    return [_given(one, known) for one in (*given, *best_of_both(both))], [_combined(one, known) for one in both]


def _sister_results(participants: Iterable[ParticipantResult]) -> dict[int, float]:
    enrolments = [item.enrolment for item in participants]
    return {one.pk: one.sister_result.score for one in enrolments if hasattr(one, "sister_result")}


def _given(one: Award, known: Mapping[int, ParticipantResult]) -> GivenAward:
    winner = known[one.enrolment]
    return GivenAward(
        award=one.award,
        award_class=None if one.award_class is None else winner.enrolment.award_class,
        method=one.method,
        winner=winner,
        score=one.score,
        shared=one.shared,
    )


def _combined(one: Both, known: Mapping[int, ParticipantResult]) -> CombinedResult:
    return CombinedResult(
        participant=known[one.enrolment],
        total=one.total,
        sister=one.sister,
        mean=one.mean,
        place=one.place,
        shared=one.shared,
    )


def _standings(competing: Sequence[ParticipantResult]) -> tuple[Standings, Ranks]:
    """Return what awards rest on, from the stored headlines; ``competing`` is in the order of the enrolments."""
    contacts = np.zeros((len(competing), len(GROUPS)), np.int64)
    totals = np.full(contacts.shape, np.nan)
    sums: list[Stored] = [b""] * contacts.size
    for place, item in enumerate(competing):
        for group, method in enumerate(GROUPS):
            row = item.results.rows.get(method)
            if row is not None:
                contacts[place, group] = row.contacts
                totals[place, group] = np.nan if row.total is None else row.total
                sums[place * len(GROUPS) + group] = row.sums
    standings = Standings(
        enrolments=np.array([item.enrolment.pk for item in competing], np.int64),
        classes=np.array([item.enrolment.award_class_id for item in competing], np.int64),
        contacts=contacts,
        totals=totals,
        sums=sums,
    )
    ranks = Ranks(
        rank_class=np.array([item.results.rank_class or 0 for item in competing], np.int64),
        rank_overall=np.array([item.results.rank_overall or 0 for item in competing], np.int64),
    )
    return standings, ranks
