"""What figures, rules and reasons are called, and the formula of a figure with its numbers."""

from collections.abc import Sequence
from fractions import Fraction

from django.utils.translation import gettext as _

from ksp.lib import formatting
from responses.questionnaires.models import QuestionKind
from responses.questionnaires.selectors import Questionnaire
from scoring.engine.battery import WAITING
from scoring.engine.rules import Rules
from scoring.explanations.figures import Figure, Kind
from scoring.explanations.parts import Part
from scoring.explanations.shapes import Left
from scoring.rule_words import method_names

CX_NAMES = {"csat": "CSAT", "ces": "CES", "nps": "NPS", "ves1": "VES 1", "ves2": "VES 2"}


def label_of(figure: Figure, questionnaire: Questionnaire) -> str:
    """Name the figure as the pages do."""
    label = _plain_label(figure, questionnaire)
    if not figure.method:
        return label
    sentence = _("%(figure)s (%(method)s)") if figure.kind is Kind.QUESTION else _("%(figure)s on %(method)s")
    return sentence % {"figure": label, "method": method_names([figure.method])[0]}


def _plain_label(figure: Figure, questionnaire: Questionnaire) -> str:
    areas = {area.code: area.name for area in questionnaire.areas}
    if figure.kind is Kind.AREA:
        return areas[figure.name]
    if figure.kind is Kind.QUESTION:
        return questionnaire.by_code[figure.name].question.text
    if figure.kind is Kind.CX:
        return CX_NAMES.get(figure.name, figure.name)
    names = {
        Kind.TOTAL: _("Total result"),
        Kind.METHOD: _("Total result"),
        Kind.ANSWERED_SCORE: _("Answered score"),
        Kind.WAITING_ALL: _("%(area)s, all contacts") % {"area": areas.get(WAITING, WAITING)},
        Kind.RANK_CLASS: _("Place in the class"),
        Kind.RANK_OVERALL: _("Place in all classes together"),
    }
    return names[figure.kind]


def about(figure: Figure) -> str:
    """Say in a sentence what the figure measures."""
    sentences = {
        Kind.TOTAL: _("How the customer-service centre did over all its contacts, from 0 to 100."),
        Kind.METHOD: _("How the customer-service centre did on this contact method, from 0 to 100."),
        Kind.ANSWERED_SCORE: _("How the customer-service centre did in the contacts that it answered, from 0 to 100."),
        Kind.WAITING_ALL: _("How soon the contacts were answered, those without an answer included, from 0 to 100."),
        Kind.AREA: _("How the customer-service centre did in one performance area, from 0 to 100."),
        Kind.QUESTION: _("How the customer-service centre did on one performance, from 0 to 100."),
        Kind.CX: _("What the customers answered on a scale of their experience."),
        Kind.RANK_CLASS: _("The place among the participants of the class that have one."),
        Kind.RANK_OVERALL: _("The place among all participants that have one, whatever their class."),
    }
    return sentences[figure.kind]


def shown(figure: Figure, value: float | None) -> str:
    """Write the value as the pages do."""
    return formatting.signed(value) if figure.is_nps else formatting.score(value)


def left_out(reason: Left) -> str:
    """Say why contacts do not count."""
    sentences = {
        Left.OTHER_METHOD: _("Made by another contact method"),
        Left.UNANSWERED: _("Not answered, and this figure is over answered contacts"),
        Left.NOT_ASKED: _("The contact method does not ask this"),
        Left.NOT_APPLICABLE: _("Not applicable: neither points nor possible points"),
        Left.MISSING: _("No answer was given to this question"),
    }
    return sentences[reason]


# Rules


def rule_of(figure: Figure, rules: Rules, questionnaire: Questionnaire) -> str:
    """Say which rule of the season makes the figure out of the contacts."""
    if figure.kind is Kind.CX:
        return _rule_of_nps() if figure.is_nps else _rule_of_scale()
    if figure.kind is Kind.QUESTION:
        kind = questionnaire.by_code[figure.name].question.kind
        return _rule_of_question(is_counted=kind != QuestionKind.UNSCORED)
    if figure.kind in {Kind.TOTAL, Kind.METHOD}:
        return _rule_of_total(rules)
    over_all = figure.kind is Kind.WAITING_ALL or figure.name in rules.areas_over_all
    return _rule_over_all(rules) if over_all else _rule_over_answered(rules)


def _rule_of_total(rules: Rules) -> str:
    if rules.mean == "pooled":
        return _(
            "All points are divided by all possible points, so a contact with more possible points weighs more. "
            "A contact that nobody answered counts with 0 of all the points that its contact method can give."
        )
    return _(
        "The total result is the mean of the contacts’ scores, and every contact weighs the same. "
        "A contact’s score is 100 × points / possible points; one that nobody answered counts as 0."
    )


def _rule_over_answered(rules: Rules) -> str:
    if rules.mean == "pooled":
        return _(
            "All points of the answered contacts are divided by all their possible points, so a contact with more "
            "possible points weighs more. Contacts that nobody answered are left out."
        )
    return _(
        "The score is the mean of the answered contacts’ 100 × points / possible points, and every contact weighs "
        "the same. Contacts that nobody answered are left out."
    )


def _rule_over_all(rules: Rules) -> str:
    if rules.mean == "pooled":
        return _(
            "All points of all contacts are divided by all their possible points. A contact that nobody answered "
            "counts with 0 of all the points that its contact method can give here."
        )
    return _(
        "The score is the mean of all contacts’ 100 × points / possible points, and every contact weighs the same. "
        "A contact that nobody answered counts as 0."
    )


def _rule_of_question(*, is_counted: bool) -> str:
    if is_counted:
        return _(
            "The points of the answered contacts are divided by the possible points. A contact where the question was "
            "not applicable or not answered is left out of both."
        )
    return _(
        "The points of the answered contacts are divided by the possible points. The question is without points in "
        "this season: it never counts in the total result."
    )


def _rule_of_scale() -> str:
    return _("The mean of the answers, each weighing the same. CX never counts in the total result.")


def _rule_of_nps() -> str:
    return _(
        "NPS is 100 × (promoters − critics) / answers. Promoters answer 9 or 10, critics 0 to 6. CX never counts in "
        "the total result."
    )


# Formulas


def formula(figure: Figure, rules: Rules, counted: Sequence[Part], value: float | None) -> str:
    """Write the computation with its numbers: “2 034,2 / 25 = 81,4”."""
    if not counted:
        return ""
    if figure.is_nps:
        promoters, critics = (sum(part.value == side for part in counted) for side in (100, -100))
        left = nps_formula(promoters, critics, len(counted))
    elif figure.kind is Kind.QUESTION or (rules.mean == "pooled" and figure.kind is not Kind.CX):
        points, possible = (sum(getattr(part, name) or 0 for part in counted) for name in ("points", "possible"))
        left = f"100 × {formatting.number(points)} / {formatting.number(possible)}"
    else:
        added = sum((part.value for part in counted), Fraction(0))
        decimals = 0 if figure.kind is Kind.CX else 1
        left = f"{formatting.number(float(added), decimals)} / {formatting.number(len(counted))}"
    return f"{left} = {shown(figure, value)}"


def nps_formula(promoters: int, critics: int, answers: int) -> str:
    """Write NPS with its counts, without the result."""
    counts = f"{formatting.number(promoters)} {formatting.MINUS} {formatting.number(critics)}"
    return f"100 × ({counts}) / {formatting.number(answers)}"


def formula_in_words(figure: Figure, rules: Rules) -> str:
    """Say what the numbers of the formula are."""
    if figure.is_nps:
        return _("100 × (promoters − critics) / answers")
    if figure.kind is Kind.CX:
        return _("Sum of the answers / number of answers")
    if figure.kind is Kind.QUESTION or rules.mean == "pooled":
        return _("100 × points / possible points")
    return _("Sum of the contacts’ scores / number of contacts")


def share_of(part: int, whole: int) -> str:
    """Write a weight as a fraction."""
    return f"{formatting.number(part)}/{formatting.number(whole)}"
