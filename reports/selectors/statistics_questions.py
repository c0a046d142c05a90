"""How well the questions measure, and whether weeks and contact methods pull the scores."""

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ksp.lib import formatting
from ksp.lib.charts import Deviation
from ksp.lib.weeks import IsoWeek
from participants.models import ContactMethod
from reports.selectors.statistics import Insight
from reports.selectors.statistics_tables import Cell, Column, Row, Table, bounds, difference, figure, part, words
from responses.questionnaires.models import QuestionKind
from scoring.rule_words import method_names
from scoring.statistics.items import EASY, NOT_APPLICABLE, WEAK, ItemFigures, MethodEffect, Reread, WeekDrift

# A week is stored as its year and number together: 202148.
YEAR: Final = 100


def items_table(insight: Insight) -> Table:
    """Every question that has points, how it measures, and what to do about it."""
    items = insight.figures.items
    reread = {one.code: one for one in insight.figures.reread}
    return Table(
        key="items",
        title=_("Questions"),
        summary=items_sentence(items),
        columns=[
            Column("question", _("Question"), (_("Question"), _("Code")), is_text=True),
            Column("n", _("Answers")),
            Column("difficulty", _("Points given")),
            Column("discrimination", _("Goes with the rest")),
            Column("within", _("The same inside participants")),
            Column("not_applicable", _("Not applicable")),
            Column("agreement", _("Unchanged at second reading"), (_("Unchanged at second reading"), _("Read twice"))),
            Column("flags", _("What stands out"), is_text=True),
        ],
        rows=[_item_row(insight, one, reread.get(one.code)) for one in items],
        nothing=_("No answered report is approved yet."),
        note=_(
            "Points given: the mean share of the possible points. Goes with the rest: the correlation with the score "
            "of the rest of the contact, from -1 to 1. Unchanged at second reading: of reports that went back to the "
            "observer, the share in which the answer stayed."
        ),
    )


def items_sentence(items: tuple[ItemFigures, ...]) -> str:
    """Say how many questions stand out."""
    if not items:
        return ""
    flagged = sum(bool(one.flags) for one in items)
    if not flagged:
        text = _("None of %(all)s questions stands out.")
    else:
        text = ngettext(
            "%(flagged)s of %(all)s questions stands out and deserves a look before next season.",
            "%(flagged)s of %(all)s questions stand out and deserve a look before next season.",
            flagged,
        )
    return text % {"flagged": formatting.number(flagged), "all": formatting.number(len(items))}


def _item_row(insight: Insight, one: ItemFigures, reread: Reread | None) -> Row:
    text = insight.question(one.code)
    return Row(
        (
            Cell(text, (text, one.code)),
            figure(one.n),
            part(one.difficulty),
            figure(one.discrimination, 2),
            figure(one.discrimination_within, 2),
            part(one.not_applicable),
            _agreement(reread),
            _flags(one, is_measured=insight.questionnaire.by_code[one.code].question.kind == QuestionKind.WAITING),
        ),
        is_marked=bool(one.flags),
    )


def _agreement(reread: Reread | None) -> Cell:
    if reread is None:
        return Cell(formatting.MISSING, (None, None))
    note = _("of %(count)s") % {"count": formatting.number(reread.n)}
    return Cell(formatting.percent(100 * reread.agreement), (reread.agreement, reread.n), note=note)


def _flags(one: ItemFigures, *, is_measured: bool) -> Cell:
    """Return what stands out about a question, and what to do; a waiting time ``is_measured``, not asked for."""
    weak = (
        _("Waiting is measured, and goes its own way: nothing is wrong with it.")
        if is_measured
        else _("It hardly goes with the rest: check that the wording is understood alike.")
    )
    names = {
        EASY: (_("too easy"), _("Nearly everybody gets full points: ask for more, or leave it out.")),
        WEAK: (_("weak"), weak),
        NOT_APPLICABLE: (_("often not applicable"), _("It does not fit many contacts: ask it only where it does.")),
    }
    found = [names[flag] for flag in one.flags]
    chips = tuple(name for name, _advice in found)
    return Cell("", (", ".join(chips) or None,), chips=chips, note=" ".join(advice for _name, advice in found))


def weeks_table(insight: Insight) -> Table:
    """Every week, and how far its contacts lie from what was to be expected of them."""
    weeks = insight.figures.weeks
    return Table(
        key="weeks",
        title=_("Drift from week to week"),
        summary=weeks_sentence(weeks),
        columns=[
            Column("week", _("Week"), is_text=True),
            Column("n", _("Contacts")),
            Column("mean", _("Points above what was expected")),
            Column("interval", _("Probably between"), (_("Deviation, from"), _("Deviation, to"))),
            Column("verdict", _("More than chance?"), is_text=True),
        ],
        rows=[_week_row(one) for one in weeks],
        nothing=_("There are too few approved contacts to compare weeks."),
        note=_("What was expected: the participants and the observers that met in the week, as they are all season."),
    )


def iso_week_of(one: WeekDrift) -> IsoWeek:
    """Return the week that the figures are of."""
    return IsoWeek(*divmod(one.week, YEAR))


def weeks_sentence(weeks: tuple[WeekDrift, ...]) -> str:
    """Say whether any week lies apart."""
    if not weeks:
        return ""
    flagged = [formatting.iso_week(iso_week_of(one)) for one in weeks if one.flagged]
    if not flagged:
        text = _("None of %(count)s weeks lies further from the others than chance makes it.")
        return text % {"count": formatting.number(len(weeks))}
    text = _("Further from the others than chance makes it: %(weeks)s. Look at what happened then.")
    return text % {"weeks": ", ".join(flagged)}


def _week_row(one: WeekDrift) -> Row:
    week = iso_week_of(one)
    chips = (_("more than by chance"),) if one.flagged else ()
    return Row(
        (
            Cell(formatting.iso_week(week), (str(week),)),
            figure(one.n),
            difference(one.mean),
            bounds(one.interval),
            Cell("" if one.flagged else _("may be chance"), (chips[0] if chips else _("may be chance"),), chips=chips),
        ),
        is_marked=one.flagged,
    )


def week_points(insight: Insight) -> list[Deviation]:
    """Return the weeks as a chart shows them."""
    return [
        Deviation(str(iso_week_of(one).week), one.mean, one.interval or (one.mean, one.mean), is_marked=one.flagged)
        for one in insight.figures.weeks
    ]


def methods_table(insight: Insight) -> Table:
    """Every contact method, and how many points it gives more or less for the same participants."""
    methods = insight.figures.methods
    return Table(
        key="methods",
        title=_("Contact methods"),
        summary=methods_sentence(methods),
        columns=[
            Column("method", _("Contact method"), is_text=True),
            Column("n", _("Contacts")),
            Column("effect", _("Points above the mean of the methods")),
            Column("interval", _("Probably between"), (_("Effect, from"), _("Effect, to"))),
        ],
        rows=[
            Row(
                (
                    words(str(ContactMethod(one.method).label)),
                    figure(one.n),
                    difference(one.effect),
                    bounds(one.interval),
                )
            )
            for one in methods
        ],
        nothing=_("There are too few approved contacts to compare methods."),
    )


def _name(one: MethodEffect) -> str:
    return method_names([one.method])[0]


def methods_sentence(methods: tuple[MethodEffect, ...]) -> str:
    """Say how far apart the methods are for the same participants."""
    if len(methods) < 2:  # noqa: PLR2004 -- one method has nothing to differ from
        return ""
    low, high = min(methods, key=lambda one: one.effect), max(methods, key=lambda one: one.effect)
    text = _("The same participants get the most points by %(high)s and the fewest by %(low)s: %(gap)s points between.")
    gap = formatting.score(high.effect - low.effect)
    return text % {"high": _name(high), "low": _name(low), "gap": gap}
