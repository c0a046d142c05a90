"""A season's rules of scoring in plain words, one sentence for each."""

from collections.abc import Iterable, Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from participants.models import ContactMethod, Season
from participants.season_settings import SeasonSettings
from responses.questionnaires.selectors import questionnaire_of
from scoring.batteries import battery_of, scoring_rules
from scoring.engine.battery import AGENT, METHODS
from scoring.engine.rules import Rules
from scoring.visibility import MANAGERS, PARTICIPANTS, PUBLIC


def season_rules_in_words(season: Season) -> tuple[str, ...]:
    """Return the season's own rules in the reader's language."""
    return rules_in_words(scoring_rules(season.settings), scored_areas(season))


def scored_areas(season: Season) -> dict[str, str]:
    """Return the names of the areas that give points, by their codes, in the order of the questionnaire."""
    scored = set(battery_of(season).areas)
    return {area.code: area.name for area in questionnaire_of(season).areas if area.code in scored}


def rules_in_words(rules: Rules, area_names: Mapping[str, str]) -> tuple[str, ...]:
    """Return the rules in the reader's language: total, areas, ties, places, class winners, awards on methods.

    ``area_names`` holds the scored areas of the season's questionnaire by their codes.
    """
    return (
        _total(rules),
        _areas(rules, area_names),
        _ties(rules, area_names.get(AGENT) or _("The agent")),
        _places(rules),
        _class_winners(rules),
        _best_on(rules),
    )


def readers_in_words(settings: SeasonSettings) -> tuple[str, str]:
    """Return who sees intervals, and who sees how probable it is to be truly best."""
    intervals = {
        MANAGERS: _("Intervals are seen by project managers only."),
        PARTICIPANTS: _("Intervals are seen by project managers and participants."),
        PUBLIC: _("Intervals are seen by everyone."),
    }
    probabilities = {
        MANAGERS: _("The probability of being best is seen by project managers only."),
        PARTICIPANTS: _("The probability of being best is seen by project managers and participants."),
        PUBLIC: _("The probability of being best is seen by everyone."),
    }
    return intervals[settings.intervals_for], probabilities[settings.probabilities_for]


def method_names(codes: Iterable[str]) -> list[str]:
    """Return the names of contact methods as they stand in a sentence, in the order of the award."""
    names = {
        "phone": _("phone"),
        "email": _("e-mail"),
        "chat": _("chat"),
        "messenger": ContactMethod.MESSENGER.label,
    }
    chosen = set(codes)
    return [str(names[code]) for code in METHODS if code in chosen]


def all_of(names: Sequence[str]) -> str:
    """Return “a, b and c”."""
    *before, last = names
    if not before:
        return last
    return _("%(before)s and %(last)s") % {"before": ", ".join(before), "last": last}


def _total(rules: Rules) -> str:
    if rules.mean == "pooled":
        return _(
            "The total result is all points over all points that were possible. A contact without an answer counts "
            "with 0 of what its contact method can give."
        )
    return _("The total result is the mean of the contacts’ results. A contact without an answer counts as 0.")


def _areas(rules: Rules, area_names: Mapping[str, str]) -> str:
    over_all = [name for code, name in area_names.items() if code in rules.areas_over_all]
    if not over_all:
        return _("Areas are measured over the contacts that were answered.")
    if len(over_all) == len(area_names):
        return _("Areas are measured over all contacts. One without an answer counts as 0.")
    return _(
        "Areas are measured over the contacts that were answered, but in %(areas)s one without an answer counts as 0."
    ) % {"areas": all_of(over_all)}


def _ties(rules: Rules, agent: str) -> str:
    sentences = {
        (): _("Equal total results share the place."),
        ("answered_score",): _("Equal total results are decided by Answered score. Those equal in it share the place."),
        ("agent",): _("Equal total results are decided by %(agent)s. Those equal in it share the place."),
        ("answered_score", "agent"): _(
            "Equal total results are decided by Answered score, then by %(agent)s. Those equal in both share the place."
        ),
        ("agent", "answered_score"): _(
            "Equal total results are decided by %(agent)s, then by Answered score. Those equal in both share the place."
        ),
    }
    return sentences[rules.ties] % {"agent": agent}


def _places(rules: Rules) -> str:
    sentence = ngettext(
        "A place takes at least %(count)s approved contact.",
        "A place takes at least %(count)s approved contacts.",
        rules.min_contacts_ranked,
    )
    return sentence % {"count": rules.min_contacts_ranked}


def _class_winners(rules: Rules) -> str:
    sentence = ngettext(
        "A class has a winner when it has at least %(count)s participant.",
        "A class has a winner when it has at least %(count)s participants.",
        rules.min_class_size,
    )
    return sentence % {"count": rules.min_class_size}


def _best_on(rules: Rules) -> str:
    if not rules.best_on:
        return _("There is no award for single contact methods.")
    sentence = ngettext(
        "“Best on” is awarded for %(methods)s, among those with at least %(count)s approved contact on the method.",
        "“Best on” is awarded for %(methods)s, among those with at least %(count)s approved contacts on the method.",
        rules.min_contacts_method,
    )
    return sentence % {"methods": all_of(method_names(rules.best_on)), "count": rules.min_contacts_method}
