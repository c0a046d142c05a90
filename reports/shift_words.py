"""Says in words what shifted, when, by how much, and where it came from."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ksp.lib.formatting import long_date, number, percent, score
from reports.selectors.shifts import DayPoint, Shift
from reports.selectors.watched_contacts import Measure


def measure_name(measure: Measure) -> str:
    """Return what is watched."""
    return {
        Measure.FIRST_TRY: _("First attempts without an answer"),
        Measure.SCORE: _("Score of answered contacts"),
        Measure.CSAT: _("Customer satisfaction"),
    }[measure]


def shown_value(measure: Measure, value: float) -> str:
    """Return a number of the measure as it is read."""
    return percent(100 * value) if measure.is_share else score(value)


def headline_of(shift: Shift) -> str:
    """Return what happened on which day."""
    is_more = shift.point.excess > 0
    words = {
        Measure.FIRST_TRY: (_("Unusually many got no answer %(day)s"), _("Unusually few got no answer %(day)s")),
        Measure.SCORE: (_("Unusually high scores %(day)s"), _("Unusually low scores %(day)s")),
        Measure.CSAT: (_("Unusually satisfied %(day)s"), _("Unusually dissatisfied %(day)s")),
    }[shift.measure]
    said = words[0 if is_more else 1] % {"day": long_date(shift.point.day)}
    return f"{shift.name}: {said[0].lower()}{said[1:]}" if shift.name else said


def evidence_of(shift: Shift) -> str:
    """Return the numbers that the signal rests on, and where most of the difference came from."""
    found = _numbers(shift.measure, shift.point)
    if not shift.sources:
        return found
    mostly = _("Mostly: %(groups)s.") % {"groups": ", ".join(shift.sources)}
    return f"{found} {mostly}"


def _numbers(measure: Measure, point: DayPoint) -> str:
    if measure.is_share:
        text = _("%(ones)s of %(count)s, where %(usual)s were to be expected.")
        ones, usual = round(point.value * point.count), point.expected * point.count
        return text % {"ones": number(ones), "count": number(point.count), "usual": number(usual, 1)}
    text = ngettext(
        "%(value)s in %(count)s contact, where %(usual)s was to be expected.",
        "%(value)s in %(count)s contacts, where %(usual)s was to be expected.",
        point.count,
    )
    return text % {"value": score(point.value), "count": number(point.count), "usual": score(point.expected)}
