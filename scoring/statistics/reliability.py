"""How far a mean over contacts tells participants apart, rather than contacts and observers: generalizability.

Brennan (2001), Generalizability Theory; Shavelson & Webb (1991), Generalizability Theory: A Primer.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from scoring.engine.battery import Floats, Ints
from scoring.statistics.crossed import CrossedFit, fit_crossed

GOOD, EXCELLENT = 0.80, 0.90
# A class with fewer participants says next to nothing of how far participants differ.
FEW: Final = 5
_LEAST_COMPARED: Final = 2
_ROUNDING: Final = 1e-9


@dataclass(frozen=True)
class Components:
    """The variances (points squared) of participants, of observers and of what is left in one contact.

    That of participants is None where it cannot be known: for a single one.
    """

    participant: float | None
    observer: float
    residual: float

    @property
    def error(self) -> float:
        """The variance of one contact with an observer who is anybody."""
        return self.observer + self.residual


@dataclass(frozen=True)
class Reliability:
    """How reliable the means of some participants are, each over ``contacts`` contacts (a harmonic mean).

    ``relative`` (Eρ²) is about differences between participants and ``absolute`` (Φ) about the means themselves,
    both from 0 to 1; ``standard_error`` (points) is that of a mean; ``icc`` is the reliability of one contact;
    ``needed_80`` and ``needed_90`` are how many contacts lift Φ to .80 and .90. What has no answer is None: a
    coefficient where nothing varies or a single participant is looked at, a number of contacts where participants
    do not differ. ``few``: too few participants for their variance to be trusted.
    """

    participants: int
    contacts: float
    relative: float | None
    absolute: float | None
    standard_error: float
    icc: float | None
    needed_80: int | None
    needed_90: int | None
    few: bool


def reliability_of(
    components: Components, *, participants: int, contacts: float, same_observers: bool = False
) -> Reliability:
    """Return the reliability of means over ``contacts`` contacts each.

    ``same_observers``: every participant meets the same observers, whose severity then cancels in a comparison.
    """
    error = components.error / contacts
    relative_error = components.residual / contacts if same_observers else error
    return Reliability(
        participants=participants,
        contacts=contacts,
        relative=_share(components.participant, relative_error),
        absolute=_share(components.participant, error),
        standard_error=math.sqrt(error),
        icc=_share(components.participant, components.error),
        needed_80=contacts_needed(components, GOOD),
        needed_90=contacts_needed(components, EXCELLENT),
        few=participants < FEW,
    )


def contacts_needed(components: Components, coefficient: float) -> int | None:
    """Return the least number of contacts for which Φ reaches a coefficient below 1; None if none is enough."""
    if not components.participant:
        return None
    needed = coefficient / (1 - coefficient) * components.error / components.participant
    return max(1, math.ceil(needed * (1 - _ROUNDING)))


def estimate_components(participant: Ints, observer: Ints, score: Floats) -> Components:
    """Return the variances by REML, participants and observers both drawn; arguments as for ``fit_crossed``."""
    fit = fit_crossed(participant, observer, score, participants="random")
    is_single = fit.counts.size < _LEAST_COMPARED
    return Components(None if is_single else fit.participant_variance, fit.observer_variance, fit.residual_variance)


def season_reliability(participant: Ints, observer: Ints, score: Floats) -> tuple[Reliability, Components]:
    """Return the reliability of the participants' means over all contacts of a season, and what it rests on."""
    components = estimate_components(participant, observer, score)
    counts = np.bincount(participant)
    return reliability_of(components, participants=counts.size, contacts=harmonic_mean(counts)), components


def class_reliability(fit: CrossedFit, members: Ints, season: Components) -> Reliability | None:
    """Return the reliability within a class: its own variance of participants, the rest from the season.

    ``fit`` has participants fixed, ``members`` are the places of those of the class; None where there are none.
    """
    if not members.size:
        return None
    own = Components(variance_between(fit, members), season.observer, season.residual)
    return reliability_of(own, participants=members.size, contacts=harmonic_mean(fit.counts[members]))


def variance_between(fit: CrossedFit, members: Ints) -> float | None:
    """Return by how much the members' true means vary: the variance of the adjusted means less that of their errors.

    At least 0; None for a single member. Errors that the members share, by sharing observers, do not count.
    """
    size = members.size
    if size < _LEAST_COMPARED:
        return None
    if fit.covariance is None:
        errors = float((fit.standard_errors[members] ** 2).mean())
    else:
        shared = fit.covariance[np.ix_(members, members)]
        errors = float(np.trace(shared) - shared.mean() * size) / (size - 1)
    return max(0.0, float(fit.means[members].var(ddof=1)) - errors)


def harmonic_mean(counts: Ints) -> float:
    """Return the number of contacts that gives the average error variance, where participants have different ones."""
    return float(counts.size / (1 / counts).sum())


def _share(variance: float | None, error: float) -> float | None:
    if variance is None or variance + error <= 0:
        return None
    return variance / (variance + error)
