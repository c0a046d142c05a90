"""Explains one figure of one participant: the contacts that count, their weights, and what each adds."""

from collections.abc import Sequence
from fractions import Fraction

from participants.models import Enrolment
from scoring.batteries import battery_of, scoring_rules
from scoring.engine.layout import Layout
from scoring.engine.measures import GROUPS
from scoring.engine.rules import Rules
from scoring.engine.summaries import summarise
from scoring.explanations import words
from scoring.explanations.basis import basis_of
from scoring.explanations.figures import Figure, Kind, figure_of, value_of
from scoring.explanations.parts import Approved, Part, approved_contacts, parts_of
from scoring.explanations.places import explain_place
from scoring.explanations.shapes import ContactLine, Explanation, FigureExplained, Left, LeftOut
from scoring.models import Scope, ScoreSummary


def explain(enrolment: Enrolment, figure: str, *, method: str = "", sees_all: bool = False) -> Explanation:
    """Return how the participant's figure came about, over all contacts or those of one method; at most four queries.

    ``enrolment`` has its season, participant and class at hand. ``sees_all`` lets a place be compared with the
    others' by name, as staff may. A figure that the season does not have raises ``UnknownFigure``.
    """
    found = figure_of(battery_of(enrolment.season), figure, method=method)
    if found.is_place:
        return explain_place(enrolment, found, sees_all=sees_all)
    return _explain_value(enrolment, found)


def _explain_value(enrolment: Enrolment, figure: Figure) -> FigureExplained:
    rules = scoring_rules(enrolment.season.settings)
    approved = approved_contacts(enrolment)
    parts = parts_of(figure, approved, rules)
    counted = [part for part in parts if part.left is None]
    value = _computed(figure, approved, rules)
    return FigureExplained(
        figure=figure,
        label=words.label_of(figure, approved.questionnaire),
        about=words.about(figure),
        value=value,
        shown=words.shown(figure, value),
        rule=words.rule_of(figure, rules, approved.questionnaire),
        formula=words.formula(figure, rules, counted, value),
        formula_words=words.formula_in_words(figure, rules),
        basis=basis_of(enrolment),
        stored=_stored(figure, enrolment),
        counted=_lines(counted, pooled=is_pooled(figure, rules)),
        left_out=_left_out(parts),
    )


def is_pooled(figure: Figure, rules: Rules) -> bool:
    """Tell whether contacts weigh by their possible points; a question's are the same in every contact."""
    return rules.mean == "pooled" and figure.kind not in {Kind.CX, Kind.QUESTION}


def _computed(figure: Figure, approved: Approved, rules: Rules) -> float | None:
    """Return the value as the engine computes it from these contacts."""
    layout = Layout.of(approved.battery)
    if not len(approved.reports):
        return None
    summaries = summarise(approved.battery, approved.reports, approved.scores, rules)
    return value_of(figure, layout.decode(summaries.matrix[0, GROUPS.index(figure.method)]))


def _stored(figure: Figure, enrolment: Enrolment) -> float | None:
    """Return the value that the pages show."""
    rows = ScoreSummary.objects.filter(scope=Scope.PARTICIPANT, enrolment=enrolment, method=figure.method)
    vector = rows.values_list("vector", flat=True).first()
    if vector is None:
        return None
    return value_of(figure, Layout.of(battery_of(enrolment.season)).decode(vector))


def _lines(counted: Sequence[Part], *, pooled: bool) -> list[ContactLine]:
    """Return the contacts with what each adds, computed as fractions and rounded once."""
    whole = sum(part.possible or 0 for part in counted) if pooled else len(counted)
    lines = []
    for part in counted:
        share = (part.possible or 0) if pooled else 1
        weight = Fraction(share, whole)
        lines.append(
            ContactLine(
                contact=part.contact,
                points=part.points,
                possible=part.possible,
                value=float(part.value),
                weight=float(weight),
                weight_words=words.share_of(share, whole),
                contribution=float(weight * part.value),
                answer=part.answer,
            )
        )
    return lines


def _left_out(parts: Sequence[Part]) -> list[LeftOut]:
    return [
        LeftOut(reason, words.left_out(reason), contacts)
        for reason in Left
        if (contacts := [part.contact for part in parts if part.left is reason])
    ]
