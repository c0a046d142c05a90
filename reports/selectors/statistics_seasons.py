"""What changed since the season before: in the performances that are the same, and by the questionnaire itself."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from ksp.lib import formatting
from participants.models import Season
from reports.selectors.statistics import Insight
from reports.selectors.statistics_tables import Cell, Column, Row, Table, difference, words
from responses.questionnaires.comparing import Comparison, Sameness, compare_questionnaires
from responses.questionnaires.selectors import questionnaire_of
from scoring.statistics.figures import SinceEarlier
from scoring.statistics.intervals import Contrast


@dataclass(frozen=True)
class QuestionList:
    """Questions with the same fate, in the order of the questionnaire."""

    title: str
    texts: Sequence[str]


@dataclass(frozen=True)
class Earlier:
    """The season before, and what became of its questions."""

    season: Season
    sentence: str
    lists: Sequence[QuestionList]


def changes_table(insight: Insight) -> Table:
    """The season and every class: the comparable change, what the questionnaire made, and both together."""
    whole = insight.figures.season.since
    rows = [] if whole is None else [_row(_("The whole season"), whole, is_pinned=True)]
    rows += [
        _row(one.name, one.figures.since)
        for one in insight.classes
        if one.figures is not None and one.figures.since is not None
    ]
    return Table(
        key="changes",
        title=_("Change since the season before"),
        summary=changes_sentence(insight),
        columns=[
            Column("class", _("Class"), is_text=True),
            Column("comparable", _("Comparable change"), _parts(_("Comparable change"))),
            Column("battery", _("Made by the questionnaire"), _parts(_("Made by the questionnaire"))),
            Column("total", _("Total change"), _parts(_("Total change"))),
        ],
        rows=rows,
        nothing=_(
            "No earlier season can be compared with: it must be over, and share participants and questions with this "
            "one."
        ),
        note=_(
            "Only participants that were in both seasons. Comparable change: over the performances that are the same. "
            "Total = comparable + made by the questionnaire."
        ),
    )


def _parts(name: str) -> tuple[str, str, str]:
    return name, _("%(figure)s, from") % {"figure": name}, _("%(figure)s, to") % {"figure": name}


def _row(name: str, since: SinceEarlier, *, is_pinned: bool = False) -> Row:
    change = since.change
    cells = (_change(change.comparable), _change(change.battery), _change(change.total))
    return Row((words(name), *cells), is_pinned=is_pinned)


def _change(found: Contrast) -> Cell:
    shown = difference(found.value)
    return Cell(shown.text, tuple(found), note=formatting.interval((found.low, found.high)))


def changes_sentence(insight: Insight) -> str:
    """Say what changed since the season before, in the performances that are the same."""
    since = insight.figures.season.since
    if since is None:
        return ""
    text = _(
        "Since %(season)s the mean changed by %(change)s points over the performances that are the same (probably "
        "%(interval)s). New and changed questions made %(battery)s."
    )
    comparable = since.change.comparable
    return text % {
        "season": since.season,
        "change": formatting.signed(comparable.value),
        "interval": formatting.interval((comparable.low, comparable.high)),
        "battery": formatting.signed(since.change.battery.value),
    }


def earlier_season(insight: Insight) -> Earlier | None:
    """Return the season that this one is compared with, and which of its questions are the same; one query."""
    since = insight.figures.season.since
    if since is None:
        return None
    before = Season.objects.get(organiser=insight.season.organiser_id, code=since.season)
    comparison = compare_questionnaires(before, insight.season)
    return Earlier(before, _counts_sentence(comparison), _lists(insight, before, comparison, since))


def _counts_sentence(comparison: Comparison) -> str:
    text = _("%(same)s questions are unchanged, %(changed)s are changed, %(new)s are new and %(gone)s are gone.")
    return text % {name: formatting.number(count) for name, count in comparison.counts.items()}


def _lists(insight: Insight, before: Season, comparison: Comparison, since: SinceEarlier) -> list[QuestionList]:
    earlier = questionnaire_of(before)
    of = {
        sameness: [insight.question(code) for code, found in comparison.of.items() if found == sameness]
        for sameness in Sameness
    }
    left_out = [
        _("%(question)s (%(change)s points)")
        % {"question": insight.question(one.code), "change": formatting.signed(one.change)}
        for one in since.left_out
    ]
    lists = [
        QuestionList(_("Changed"), of[Sameness.CHANGED]),
        QuestionList(_("New"), of[Sameness.NEW]),
        QuestionList(_("Gone"), [earlier.by_code[code].question.text for code in comparison.gone]),
        QuestionList(_("The same, but left out because they moved unlike all others"), left_out),
        QuestionList(_("Unchanged and compared"), [insight.question(code) for code in since.kept]),
    ]
    return [one for one in lists if one.texts]
