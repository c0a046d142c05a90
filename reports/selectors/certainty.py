"""How certain a participant's results are, as far as the reader may see it."""

from dataclasses import dataclass

from participants.models import Enrolment
from scoring.statistics.figures import Estimate
from scoring.statistics.intervals import Contrast, Interval
from scoring.stored_figures import NearFigures
from scoring.visibility import Reader, shows_intervals, shows_probabilities

# Stored and shown are the same number; sums in another order may differ in the last digits.
SAME = 1e-6
# A chance among all participants that is smaller than this is not worth a line.


@dataclass(frozen=True)
class Certainty:
    """The 95 % intervals of one result, of the means it is compared with, and of its distances to them."""

    own: Interval | None = None
    award_class: Interval | None = None
    season: Interval | None = None
    to_class: Contrast | None = None
    to_season: Contrast | None = None

    @property
    def distances(self) -> tuple["Distance | None", "Distance | None"]:
        """The distances to class and to season, as pages write them."""
        return Distance.of(self.to_class), Distance.of(self.to_season)


@dataclass(frozen=True)
class Distance:
    """A difference with its interval; ``is_certain`` where all of it lies on one side of nothing."""

    value: float
    bounds: Interval
    is_certain: bool

    @classmethod
    def of(cls, contrast: Contrast | None) -> "Distance | None":
        """Take a difference apart; none stays none."""
        if contrast is None:
            return None
        is_certain = contrast.low > 0 or contrast.high < 0
        return cls(contrast.value, Interval(contrast.low, contrast.high), is_certain)


UNKNOWN = Certainty()


@dataclass(frozen=True)
class Likely:
    """Between which places a participant probably stands, and its chance (0-1) of truly being first in the class.

    The chance of being best of all is known too roughly to be told.
    """

    in_class: Interval | None
    overall: Interval | None
    first_in_class: float | None


@dataclass(frozen=True)
class KnownCertainty:
    """What is stored of a participant, of which no more comes out than its reader may see."""

    figures: NearFigures
    shows_intervals: bool
    shows_probabilities: bool

    @classmethod
    def to(cls, reader: Reader, enrolment: Enrolment, figures: NearFigures) -> "KnownCertainty":
        """Let a reader see what the season has decided for people of that kind."""
        season = enrolment.season
        return cls(figures, shows_intervals(reader, season), shows_probabilities(reader, season))

    @property
    def has_intervals(self) -> bool:
        """Whether there is anything to explain."""
        return self.shows_intervals and bool(self.figures.own.estimates)

    def of(self, figure: str, value: float | None, class_mean: float | None, season_mean: float | None) -> Certainty:
        """Return how certain a result is; nothing about numbers that have moved since it was computed."""
        if not self.shows_intervals or value is None:
            return UNKNOWN
        own = self.figures.own
        return Certainty(
            own=_interval(own.estimates.get(figure), value),
            award_class=_interval(self.figures.award_class.get(figure), class_mean),
            season=_interval(self.figures.season.get(figure), season_mean),
            to_class=_contrast(own.to_class.get(figure), value, class_mean),
            to_season=_contrast(own.to_season.get(figure), value, season_mean),
        )

    def is_behind(self, total: float | None) -> bool:
        """Whether the results have moved since the uncertainty was computed."""
        stored = self.figures.own.estimates.get("total")
        return self.shows_intervals and stored is not None and total is not None and not _is_same(stored.value, total)

    @property
    def likely(self) -> Likely | None:
        """Where the participant probably stands; none without a place, or for those who may not know."""
        standing = self.figures.own.standing
        if standing is None or not (self.shows_intervals or self.shows_probabilities):
            return None
        return Likely(
            in_class=standing.rank_class if self.shows_intervals else None,
            overall=standing.rank_overall if self.shows_intervals else None,
            first_in_class=standing.first_in_class if self.shows_probabilities else None,
        )


def _interval(estimate: Estimate | None, shown: float | None) -> Interval | None:
    if estimate is None or shown is None or not _is_same(estimate.value, shown):
        return None
    return estimate.interval


def _contrast(contrast: Contrast | None, value: float, mean: float | None) -> Contrast | None:
    if contrast is None or mean is None or not _is_same(contrast.value, value - mean):
        return None
    return contrast


def _is_same(stored: float, shown: float) -> bool:
    return abs(stored - shown) < SAME
