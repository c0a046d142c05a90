"""What a comparison of stored with computed scores found, in the reader's words."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from ksp.lib.formatting import MISSING as NOTHING
from ksp.lib.formatting import is_norwegian, moment, number
from scoring.comparing import EXTRA, FAILED, MISSING
from scoring.models import Scope, ScoreCheck
from scoring.rule_words import method_names, scored_areas

Detail = Mapping[str, str]


def check_in_words(check: ScoreCheck) -> str:
    """Return when it was made, of how much, and whether all was right."""
    sentences = [_outcome(check)]
    if check.owed:
        waiting = ngettext(
            "%(count)s participant waits for a new computation and was passed over.",
            "%(count)s participants wait for a new computation and were passed over.",
            check.owed,
        )
        sentences.append(waiting % {"count": number(check.owed)})
    return " ".join(sentences)


def _outcome(check: ScoreCheck) -> str:
    words = {"when": moment(check.checked_at), **amounts_in_words(check.reports, check.summaries)}
    if not check.differences:
        return _("Checked %(when)s: %(reports)s and %(summaries)s are right.") % words
    sentence = ngettext(
        "Checked %(when)s: %(count)s difference in %(reports)s and %(summaries)s.",
        "Checked %(when)s: %(count)s differences in %(reports)s and %(summaries)s.",
        check.differences,
    )
    return sentence % {**words, "count": number(check.differences)}


def amounts_in_words(reports: int, summaries: int) -> dict[str, str]:
    """Return how many reports and summaries there are, as words by name."""
    return {
        "reports": ngettext("%(count)s report", "%(count)s reports", reports) % {"count": number(reports)},
        "summaries": ngettext("%(count)s summary", "%(count)s summaries", summaries) % {"count": number(summaries)},
    }


def differences_in_words(check: ScoreCheck) -> list[str]:
    """Return the first of the differences, a sentence each, and how many more there are."""
    areas = scored_areas(check.season) if check.details else {}
    sentences = [_difference(detail, areas) for detail in check.details]
    more = check.differences - len(sentences)
    if sentences and more:
        sentences.append(_("And %(count)s more.") % {"count": number(more)})
    return sentences


def _difference(detail: Detail, areas: Mapping[str, str]) -> str:
    words = {
        "where": _where(detail),
        "field": _field(detail["field"], areas),
        "stored": _written(detail["stored"]),
        "computed": _written(detail["computed"]),
    }
    if detail["field"] == FAILED:
        return _("The scores could not be computed: %(error)s") % {"error": detail["computed"]}
    if detail["field"] == MISSING:
        return _("%(where)s: not stored.") % words
    if detail["field"] == EXTRA:
        return _("%(where)s: stored, but should not be there.") % words
    if not detail["stored"] and not detail["computed"]:
        return _("%(where)s: %(field)s is stored otherwise than it is computed.") % words
    return _("%(where)s: %(field)s is stored as %(stored)s, but computed as %(computed)s.") % words


def _where(detail: Detail) -> str:
    words = {"whose": detail["whose"], "report": detail["report"], "on": _on(detail["method"])}
    if detail["report"]:
        return _("Participant %(whose)s, report %(report)s") % words
    if detail["scope"] == Scope.PARTICIPANT:
        return _("Participant %(whose)s, %(on)s") % words
    if detail["scope"] == Scope.CLASS:
        return _("The class %(whose)s, %(on)s") % words
    return _("The season, %(on)s") % words


def _on(method: str) -> str:
    return method_names([method])[0] if method else _("all contacts")


def _field(field: str, areas: Mapping[str, str]) -> str:
    names = {
        "points": _("points"),
        "possible": _("possible points"),
        "score": _("score"),
        "contacts": _("contacts"),
        "answered": _("answered contacts"),
        "total": _("total result"),
        "answered_score": _("Answered score"),
        "rank_class": _("place in the class"),
        "rank_overall": _("place overall"),
        "sums": pgettext("behind a mean", "the exact sums"),
        **{f"area.{code}": name for code, name in areas.items()},
    }
    return names.get(field, field)


def _written(value: str) -> str:
    if value in {"", "None", "nan"}:
        return NOTHING
    return value.replace(".", ",") if is_norwegian() else value
