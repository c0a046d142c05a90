"""Explains the mean of a class or a season: the participants behind it, their weights, and what each adds."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.db.models import Q
from django.utils.translation import gettext as _

from ksp.lib import formatting
from ksp.lib.alphabet import norwegian_order
from participants.models import AwardClass, Enrolment, Season
from responses.questionnaires.selectors import questionnaire_of
from scoring.batteries import battery_of
from scoring.engine.layout import Layout, NpsResult, Summary
from scoring.explanations import words
from scoring.explanations.basis import season_basis
from scoring.explanations.figures import Figure, Kind, UnknownFigure, answers_to, figure_of, value_of
from scoring.explanations.shapes import GroupExplained, MemberLine
from scoring.models import Scope, ScoreSummary


@dataclass(frozen=True)
class _Member:
    """One participant with such a figure; ``share`` is its part of the weights."""

    enrolment: Enrolment
    contacts: int
    value: float
    share: int


def explain_group(
    group: Season | AwardClass,
    figure: str,
    *,
    method: str = "",
    sees_all: bool = False,
    own: Collection[Enrolment] = (),
) -> GroupExplained:
    """Return how the mean of a class or a season came about: four queries.

    ``group`` is a season, or a class with its season at hand. Who does not see all sees its ``own`` participants
    alone, how many there are, and the mean as pages write it: more decimals would tell of the others. A place has no
    mean: it raises ``UnknownFigure``.
    """
    season = group if isinstance(group, Season) else group.season
    found = figure_of(battery_of(season), figure, method=method)
    if found.is_place:
        raise UnknownFigure(figure)
    whole, rows = _summaries(group, season, found.method)
    layout = Layout.of(battery_of(season))
    summary = layout.decode(layout.empty() if whole is None else whole.vector)
    value = value_of(found, summary)
    members = _members(found, rows, layout)
    keys = {enrolment.pk for enrolment in own}
    lines = _lines(members, keys)
    return GroupExplained(
        figure=found,
        label=words.label_of(found, questionnaire_of(season)),
        about=words.about(found),
        value=value if sees_all else formatting.rounded(value),
        shown=words.shown(found, value),
        rule=_rule(found),
        formula=_formula(found, members, summary),
        formula_words=_formula_in_words(found),
        basis=season_basis(season),
        name=group.name,
        count=len(members),
        without=len(rows) - len(members),
        lines=[line for line in lines if sees_all or line.is_own],
    )


def _summaries(
    group: Season | AwardClass, season: Season, method: str
) -> tuple[ScoreSummary | None, list[ScoreSummary]]:
    """Return the stored summary of the group and those of its participants, by name: two queries."""
    own = Q(scope=Scope.PARTICIPANT)
    if isinstance(group, Season):
        whole = Q(scope=Scope.SEASON)
    else:
        whole = Q(scope=Scope.CLASS, award_class=group)
        own &= Q(enrolment__award_class=group)
    rows = ScoreSummary.objects.filter(season=season, method=method).defer("sums")
    members = list(rows.filter(own).select_related("enrolment__participant"))
    members.sort(key=lambda row: norwegian_order(row.enrolment.participant.name) if row.enrolment else "")
    return rows.filter(whole).first(), members


def _members(figure: Figure, rows: Sequence[ScoreSummary], layout: Layout) -> list[_Member]:
    """Return those that have such a figure: they weigh the same, but in CX as many answers as they have."""
    members = []
    for row in rows:
        summary = layout.decode(row.vector)
        value = value_of(figure, summary)
        if value is not None and row.enrolment is not None:
            share = answers_to(figure, summary) if figure.kind is Kind.CX else 1
            members.append(_Member(row.enrolment, row.contacts, value, share))
    return members


def _lines(members: Sequence[_Member], own: Collection[int]) -> list[MemberLine]:
    whole = sum(member.share for member in members)
    lines = []
    for member in members:
        weight = Fraction(member.share, whole)
        lines.append(
            MemberLine(
                name=member.enrolment.participant.name,
                key=member.enrolment.participant.public_id,
                contacts=member.contacts,
                value=member.value,
                weight=float(weight),
                weight_words=words.share_of(member.share, whole),
                contribution=float(weight * Fraction(member.value)),
                is_own=member.enrolment.pk in own,
            )
        )
    return lines


def _rule(figure: Figure) -> str:
    if figure.is_nps:
        return _("NPS of a group is 100 × (promoters − critics) / answers over all answers of its participants.")
    if figure.kind is Kind.CX:
        return _("The mean of all answers of the participants, each answer weighing the same.")
    return _(
        "The mean of the participants’ own figures. Every participant weighs the same, however many contacts it has."
    )


def _formula_in_words(figure: Figure) -> str:
    if figure.is_nps:
        return _("100 × (promoters − critics) / answers")
    if figure.kind is Kind.CX:
        return _("Sum of the answers / number of answers")
    return _("Sum of the participants’ figures / number of participants")


def _formula(figure: Figure, members: Sequence[_Member], summary: Summary) -> str:
    if not members:
        return ""
    shown = words.shown(figure, value_of(figure, summary))
    result = summary.cx.get(figure.name)
    if isinstance(result, NpsResult):
        return f"{words.nps_formula(result.promoters, result.detractors, result.n)} = {shown}"
    added = sum((Fraction(member.value) * member.share for member in members), Fraction(0))
    whole = sum(member.share for member in members)
    left = formatting.number(float(added), 0 if figure.kind is Kind.CX else 1)
    return f"{left} / {formatting.number(whole)} = {shown}"
