"""The result list of a published season: winners, awards and places, as everybody may see them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser

from ksp.accounts.models import User
from ksp.lib.alphabet import norwegian_order
from ksp.lib.weeks import IsoWeek
from participants.models import AwardClass, Season
from participants.workflow import SeasonState
from scoring.engine.battery import AGENT, METHODS
from scoring.engine.ranks import BEST_IN_TEST, BEST_ON_METHOD, CLASS_WINNER
from scoring.selectors import ClassResult, GivenAward, ParticipantResult, SeasonResults, season_results


@dataclass(frozen=True)
class Row:
    """One participant of the list; ``place`` is in what is listed: a class, or all. None is not ranked."""

    place: int | None
    is_shared: bool
    name: str
    award_class: str
    contacts: int
    total: float | None
    answered_score: float | None
    agent: float | None


@dataclass(frozen=True)
class MethodAward:
    """Who is best on a contact method."""

    method: str
    awards: Sequence[GivenAward]


@dataclass(frozen=True)
class ResultList:
    """What the page shows of one season; ``award_class`` is None where all classes are listed together."""

    season: Season
    weeks: tuple[IsoWeek, IsoWeek]
    centres: int
    contacts: int
    classes: Sequence[ClassResult]
    award_class: AwardClass | None
    rows: Sequence[Row]
    not_ranked: Sequence[Row]
    best_in_test: Sequence[GivenAward]
    best_on: Sequence[MethodAward]
    class_winners: Sequence[GivenAward]


def published_seasons(user: User | AnonymousUser) -> list[Season]:
    """Return the published seasons, the newest first: of the person's own organiser, or of all for who is nobody."""
    published = Season.objects.filter(state=SeasonState.PUBLISHED).current_first()
    return list(published.visible_to(user) if isinstance(user, User) else published)


def result_list(season: Season, *, award_class: str = "") -> ResultList:
    """Return the list of the class with this key, or of all classes when it is none of them."""
    found = season_results(season)
    chosen = next((one.award_class for one in found.classes if str(one.award_class.pk) == award_class), None)
    listed = [item for item in found.participants if chosen is None or item.enrolment.award_class_id == chosen.pk]
    rows = _rows(listed, in_class=chosen is not None)
    return ResultList(
        season=season,
        weeks=(IsoWeek.of(season.starts_on), IsoWeek.of(season.ends_on)),
        centres=len(found.participants),
        contacts=found.season_results.all_methods.contacts,
        classes=found.classes,
        award_class=chosen,
        rows=[row for row in rows if row.place],
        not_ranked=[row for row in rows if not row.place],
        best_in_test=_awards(found, BEST_IN_TEST),
        best_on=_best_on(found),
        class_winners=_awards(found, CLASS_WINNER),
    )


def _rows(listed: Iterable[ParticipantResult], *, in_class: bool) -> list[Row]:
    """Return the rows by place, those without one last; equals and the rest by name."""
    placed = [(item.results.rank_class if in_class else item.results.rank_overall, item) for item in listed]
    counts = Counter(place for place, _ in placed)
    rows = [_row(item, place, is_shared=counts[place] > 1) for place, item in placed]
    return sorted(rows, key=lambda row: (row.place or len(rows) + 1, norwegian_order(row.name)))


def _row(item: ParticipantResult, place: int | None, *, is_shared: bool) -> Row:
    summary = item.results.all_methods
    agent = summary.areas.get(AGENT)
    return Row(
        place=place,
        is_shared=place is not None and is_shared,
        name=item.enrolment.participant.name,
        award_class=item.enrolment.award_class.name,
        contacts=summary.contacts,
        total=summary.total,
        answered_score=summary.answered_score,
        agent=agent.score if agent else None,
    )


def _awards(found: SeasonResults, award: str, method: str = "") -> list[GivenAward]:
    """Return one kind of award in the order of classes and names."""
    given = [one for one in found.awards if one.award == award and one.method == method]
    return sorted(given, key=_class_then_name)


def _class_then_name(one: GivenAward) -> tuple[str, str]:
    enrolment = one.winner.enrolment
    return norwegian_order(enrolment.award_class.name), norwegian_order(enrolment.participant.name)


def _best_on(found: SeasonResults) -> list[MethodAward]:
    by_method = [MethodAward(method, _awards(found, BEST_ON_METHOD, method)) for method in METHODS]
    return [one for one in by_method if one.awards]
