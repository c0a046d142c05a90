"""How certain the means of both surveys are: the errors of this one joined with those that NBK states."""

from collections.abc import Mapping

import numpy as np

from participants.models import Season
from scoring.season_statistics import season_contacts
from scoring.selectors import SeasonResults
from scoring.statistics.combined import Combined, combined
from scoring.statistics.estimates import estimates, figures_of, fitted
from scoring.statistics.figures import TOTAL


def combined_certainty(found: SeasonResults) -> dict[int, Combined]:
    """Return what is known of each combined result by enrolment; nothing, at no cost, where NBK states no error.

    The errors of the totals follow from the approved reports as they are now, and not from stored statistics.
    """
    enrolments = [one.participant.enrolment for one in found.combined]
    imported = [one.sister_result.standard_error for one in enrolments]
    if all(error is None for error in imported):
        return {}
    own = total_errors(found.season)
    known = combined(
        np.array([one.total for one in found.combined]),
        np.array([own.get(one.pk) for one in enrolments], np.float64),
        np.array([one.sister for one in found.combined]),
        np.array(imported, np.float64),
    )
    return {enrolment.pk: one for enrolment, one in zip(enrolments, known, strict=True)}


def total_errors(season: Season) -> Mapping[int, float | None]:
    """Return the standard error of every participant's total by enrolment: four queries."""
    contacts = season_contacts(season)
    total = next(fitted(contacts, figure) for figure in figures_of(contacts) if figure.name == TOTAL)
    if total is None:
        return {}
    keys = contacts.participants.tolist()
    return {keys[place]: one.standard_error for place, one in estimates(contacts, total).items()}
