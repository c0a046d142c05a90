"""How dependable the order of a season and its classes is, and which differences are more than chance."""

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ksp.lib import formatting
from reports.selectors.statistics import ClassInsight, Insight, Ranked
from reports.selectors.statistics_tables import Cell, Column, Row, Table, bounds, difference, figure, part, words
from scoring.statistics.figures import Pair
from scoring.statistics.intervals import Contrast
from scoring.statistics.reliability import Reliability

MOST_CONTACTS: Final = 1_000


def reliability_table(insight: Insight) -> Table:
    """The season, then every class: coefficients, error, and how many contacts more certainty would take."""
    whole = insight.figures.season.reliability
    rows = [] if whole is None else [_reliability_row(_("The whole season"), whole, is_pinned=True)]
    rows += [
        _reliability_row(one.name, one.figures.reliability)
        for one in insight.classes
        if one.figures is not None and one.figures.reliability is not None
    ]
    return Table(
        key="reliability",
        title=_("How dependable the order is"),
        summary=reliability_sentence(whole),
        columns=[
            Column("class", _("Class"), is_text=True),
            Column("participants", _("Participants")),
            Column("contacts", _("Contacts each")),
            Column("absolute", _("Dependability (Φ)")),
            Column("relative", _("Of differences (Eρ²)")),
            Column("error", _("Standard error, points")),
            Column("icc", _("One contact (ICC)")),
            Column("needed_80", _("Contacts for .80")),
            Column("needed_90", _("Contacts for .90")),
        ],
        rows=rows,
        nothing=_("There are too few approved contacts to say anything of chance."),
        note=_(
            "1 means that the order is certain, 0 that it is chance. “Few” warns that a class has too few participants "
            "for its own figures to be trusted."
        ),
    )


def reliability_sentence(found: Reliability | None) -> str:
    """Say how much of the differences between totals is real, and what more would cost."""
    if found is None or found.absolute is None:
        return ""
    text = _(
        "With %(contacts)s contacts each, %(share)s of the variation in the totals is real differences between the "
        "participants; the rest is chance."
    )
    words_of_it = {
        "contacts": formatting.plain(found.contacts, 1),
        "share": formatting.percent(100 * found.absolute),
    }
    sentence = text % words_of_it
    if found.needed_80 is None:
        return sentence
    more = _("For 80 %% it would take %(contacts)s contacts each.")
    return f"{sentence} {more % {'contacts': formatting.number(found.needed_80)}}"


def _reliability_row(name: str, found: Reliability, *, is_pinned: bool = False) -> Row:
    return Row(
        (
            words(name, chips=(_("few"),) if found.few else ()),
            figure(found.participants),
            figure(found.contacts, 1),
            figure(found.absolute, 2),
            figure(found.relative, 2),
            figure(found.standard_error, 1),
            figure(found.icc, 2),
            _needed(found.needed_80),
            _needed(found.needed_90),
        ),
        is_pinned=is_pinned,
    )


def _needed(contacts: int | None) -> Cell:
    """Return how many contacts it takes; beyond a thousand the exact number says nothing."""
    if contacts is None or contacts <= MOST_CONTACTS:
        return figure(contacts)
    return Cell(_("over %(count)s") % {"count": formatting.number(MOST_CONTACTS)}, (contacts,))


def chances_table(insight: Insight) -> Table:
    """Every class winner, and the chance that it is truly the best."""
    found = [(one, winner) for one in insight.classes for winner in one.winners if winner.figures.standing is not None]
    return Table(
        key="chances",
        title=_("Is the winner the best?"),
        summary=chances_sentence(insight),
        columns=[
            Column("class", _("Class"), is_text=True),
            Column("winner", _("Winner"), is_text=True),
            Column("probability", _("Probability of being the best")),
            Column("lead", _("Lead over the next")),
            Column("places", _("Probable places"), (_("Probable place, from"), _("Probable place, to"))),
        ],
        rows=[_chance_row(award_class, winner) for award_class, winner in found],
        nothing=_("No class has a winner yet."),
    )


def winners_chances(insight: Insight) -> list[float]:
    """Return the chance of each class winner that it is truly the best of its class."""
    standings = [winner.figures.standing for one in insight.classes for winner in one.winners]
    return [standing.first_in_class for standing in standings if standing is not None]


def chances_sentence(insight: Insight) -> str:
    """Say how many of the class winners are truly the best, as far as can be known."""
    chances = winners_chances(insight)
    if not chances:
        return ""
    text = ngettext(
        "The %(count)s class winner is with a probability of %(share)s also truly the best.",
        "Of %(count)s class winners, %(share)s are on average also truly the best. Which ones, nobody can know.",
        len(chances),
    )
    share = formatting.percent(100 * sum(chances) / len(chances))
    return text % {"count": formatting.number(len(chances)), "share": share}


def _chance_row(award_class: ClassInsight, winner: Ranked) -> Row:
    standing = winner.figures.standing
    behind = [one.total for one in award_class.ranked if one.key != winner.key and one.total is not None]
    lead = winner.total - max(behind) if behind and winner.total is not None else None
    return Row(
        (
            words(award_class.name),
            words(winner.name, url=winner.url),
            part(None if standing is None else standing.first_in_class),
            figure(lead, 2),
            bounds(None if standing is None else standing.rank_class, 0),
        )
    )


def pairs_table(insight: Insight) -> Table:
    """Every two participants of one class, how far apart they are, and whether that is more than chance."""
    pairs = _pairs(insight)
    return Table(
        key="pairs",
        title=_("Two participants"),
        summary=_pairs_sentence(pairs),
        columns=[
            Column("first", _("Higher total"), is_text=True),
            Column("second", _("Lower total"), is_text=True),
            Column("difference", _("Difference in points")),
            Column("interval", _("Probably between"), (_("Difference, from"), _("Difference, to"))),
            Column("verdict", _("More than chance?"), is_text=True),
        ],
        rows=[_pair_row(insight, pair) for pair in pairs],
        nothing=_("The class has no two participants to compare yet."),
        note=_(
            "The difference is that of the official totals; the interval takes the observers' severity off. More than "
            "chance: the interval leaves 0 out."
        ),
    )


def _pairs(insight: Insight) -> tuple[Pair, ...]:
    chosen = insight.compared_class
    return () if chosen is None or chosen.figures is None else chosen.figures.pairs


def is_more_than_chance(found: Contrast) -> bool:
    """Whether the interval of a difference leaves 0 out."""
    return found.low > 0 or found.high < 0


def _pairs_sentence(pairs: tuple[Pair, ...]) -> str:
    if not pairs:
        return ""
    certain = sum(is_more_than_chance(pair.difference) for pair in pairs)
    text = ngettext(
        "In %(certain)s of %(count)s pair the difference is more than chance.",
        "In %(certain)s of %(count)s pairs the difference is more than chance.",
        len(pairs),
    )
    return text % {"certain": formatting.number(certain), "count": formatting.number(len(pairs))}


def _pair_row(insight: Insight, pair: Pair) -> Row:
    is_certain = is_more_than_chance(pair.difference)
    return Row(
        (
            words(insight.names.get(pair.first, formatting.MISSING)),
            words(insight.names.get(pair.second, formatting.MISSING)),
            difference(pair.difference.value),
            bounds((pair.difference.low, pair.difference.high)),
            words(_("more than by chance") if is_certain else _("may be chance")),
        ),
        is_marked=is_certain,
    )
