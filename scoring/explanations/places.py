"""Explains a place: whom the participant was compared with, on what, and where the decision fell."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice, pairwise

from django.utils.translation import gettext as _

from ksp.lib import formatting
from ksp.lib.alphabet import norwegian_order
from participants.models import Enrolment, Season
from participants.workflow import SeasonState
from responses.questionnaires.selectors import Questionnaire, questionnaire_of
from scoring.batteries import scoring_rules
from scoring.engine.battery import AGENT
from scoring.engine.measures import exact
from scoring.engine.rules import Rules
from scoring.explanations import words
from scoring.explanations.basis import basis_of
from scoring.explanations.figures import Figure, Kind
from scoring.explanations.shapes import Column, PlaceExplained, PlaceLine
from scoring.models import Scope, ScoreSummary
from scoring.rule_words import rules_in_words, scored_areas

# Totals that differ are told apart by as few decimals as that takes, but by no more than this.
MOST_DECIMALS = 9
PUBLISHED_DECIMALS = 1


@dataclass(frozen=True)
class _Competitor:
    """One participant with its place and, exactly, what decides: the total, then the ties of the rules."""

    enrolment: Enrolment
    place: int | None
    contacts: int
    decisive: Sequence[Fraction]


def explain_place(enrolment: Enrolment, figure: Figure, *, sees_all: bool) -> PlaceExplained:
    """Return how the place was decided: three queries.

    Others' names and values are there for who sees all, and, as the result list has them, once they are published.
    """
    season = enrolment.season
    rules = scoring_rules(season.settings)
    questionnaire = questionnaire_of(season)
    competitors = _competitors(enrolment, figure, rules)
    columns = _columns(rules, questionnaire)
    own = _own(competitors, enrolment)
    placed = [one for one in competitors if one.place is not None]
    lines = _lines(competitors, columns, own=own)
    if not sees_all:
        lines = [_as_published(line) for line in lines] if season.state == SeasonState.PUBLISHED else []
    return PlaceExplained(
        figure=figure,
        label=words.label_of(figure, questionnaire),
        about=words.about(figure),
        value=own.place,
        shown=formatting.MISSING if own.place is None else formatting.number(own.place),
        rule=_rule(rules, season),
        formula="",
        formula_words="",
        basis=basis_of(enrolment),
        columns=columns,
        own=_line(own, columns, before=None, is_own=True, is_shared=_is_shared(own, placed)),
        of=len(placed),
        better=sum(own.place is not None and (one.place or 0) < own.place for one in placed),
        equal=sum(one.place == own.place and one is not own for one in placed),
        least_contacts=rules.min_contacts_ranked,
        decimals=_decimals(placed) if sees_all else PUBLISHED_DECIMALS,
        lines=lines,
    )


def _competitors(enrolment: Enrolment, figure: Figure, rules: Rules) -> list[_Competitor]:
    """Return everybody with an approved contact, by place, then by name; those without a place last."""
    rows = ScoreSummary.objects.filter(season=enrolment.season_id, scope=Scope.PARTICIPANT, method="")
    if figure.kind is Kind.RANK_CLASS:
        rows = rows.filter(enrolment__award_class=enrolment.award_class_id)
    found = rows.select_related("enrolment__participant").defer("vector")
    competitors = [
        _Competitor(
            enrolment=row.enrolment,
            place=row.rank_class if figure.kind is Kind.RANK_CLASS else row.rank_overall,
            contacts=row.contacts,
            decisive=_decisive(bytes(row.sums), rules),
        )
        for row in found
        if row.enrolment is not None
    ]
    return sorted(competitors, key=_order)


def _order(one: _Competitor) -> tuple[bool, int, str]:
    return one.place is None, one.place or 0, norwegian_order(one.enrolment.participant.name)


def _decisive(sums: bytes, rules: Rules) -> tuple[Fraction, ...]:
    results = exact(sums)
    return (results.total, *(getattr(results, name) for name in rules.ties))


def _own(competitors: Iterable[_Competitor], enrolment: Enrolment) -> _Competitor:
    """Return the participant itself; it has nothing while no contact is approved."""
    for one in competitors:
        if one.enrolment.pk == enrolment.pk:
            return one
    return _Competitor(enrolment, None, 0, ())


def _columns(rules: Rules, questionnaire: Questionnaire) -> list[Column]:
    """Name the total and what decides between equals."""
    agent = next((area.name for area in questionnaire.areas if area.code == AGENT), AGENT)
    ties = {
        "answered_score": Column("answered_score", _("Answered score")),
        "agent": Column(f"area.{AGENT}", agent),
    }
    return [Column("total", _("Total result")), *(ties[tie] for tie in rules.ties)]


def _rule(rules: Rules, season: Season) -> str:
    _total, _areas, ties, places, *_awards = rules_in_words(rules, scored_areas(season))
    highest = _("Participants are placed by their unrounded total result, the highest first.")
    return f"{highest} {ties} {places}"


def _lines(competitors: Sequence[_Competitor], columns: Sequence[Column], *, own: _Competitor) -> list[PlaceLine]:
    befores: list[_Competitor | None] = [None, *competitors[:-1]]
    return [
        _line(one, columns, before=before, is_own=one is own, is_shared=_is_shared(one, competitors))
        for before, one in zip(befores, competitors, strict=False)
    ]


def _as_published(line: PlaceLine) -> PlaceLine:
    """Return of another participant what the result list says: rounded values, and none without a place."""
    if line.is_own:
        return line
    values = [] if line.place is None else [formatting.rounded(value, PUBLISHED_DECIMALS) for value in line.values]
    return replace(line, values=values, contacts=line.contacts if line.place is None else None)


def _is_shared(one: _Competitor, others: Sequence[_Competitor]) -> bool:
    return one.place is not None and sum(other.place == one.place for other in others) > 1


def _line(
    one: _Competitor, columns: Sequence[Column], *, before: _Competitor | None, is_own: bool, is_shared: bool
) -> PlaceLine:
    return PlaceLine(
        place=one.place,
        name=one.enrolment.participant.name,
        key=one.enrolment.participant.public_id,
        contacts=one.contacts,
        values=[_percent(share) for share in one.decisive],
        decided_by=_decided_by(one, before, columns),
        is_own=is_own,
        is_shared=is_shared,
    )


def _decided_by(one: _Competitor, before: _Competitor | None, columns: Sequence[Column]) -> str:
    """Name the first value in which two neighbours differ."""
    if before is None or one.place is None:
        return ""
    compared = zip(columns, one.decisive, before.decisive, strict=True)
    return next((column.name for column, own, other in compared if own != other), "")


def _percent(share: Fraction) -> float | None:
    """Return a share as a percentage; below 0 is the engine's word for nothing."""
    return None if share < 0 else float(100 * share)


def _decimals(placed: Sequence[_Competitor]) -> int:
    """Return how many decimals tell every two neighbours apart in the value that decided between them."""
    pairs = [pair for one, other in pairwise(placed) for pair in _deciding(one, other)]
    for decimals in range(PUBLISHED_DECIMALS, MOST_DECIMALS):
        if all(formatting.number(one, decimals) != formatting.number(other, decimals) for one, other in pairs):
            return decimals
    return MOST_DECIMALS


def _deciding(one: _Competitor, other: _Competitor) -> list[tuple[float | None, float | None]]:
    """Return the first pair of values in which two neighbours differ; none if they are equal in all."""
    differing = (pair for pair in zip(one.decisive, other.decisive, strict=True) if pair[0] != pair[1])
    return [(_percent(own), _percent(others)) for own, others in islice(differing, 1)]
