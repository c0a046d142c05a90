"""What an observer has done before; the apps above, which hand contacts out and keep reports, say so."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackRecord:
    """How much an observer has done, over all seasons, and how well; ``punctual`` of the graded came on time."""

    seasons: int = 0
    handed_in: int = 0
    approved: int = 0
    rejected: int = 0
    graded: int = 0
    punctual: int = 0

    @property
    def punctual_percent(self) -> float | None:
        """How many in a hundred of the graded reports came on time, none without any."""
        return 100 * self.punctual / self.graded if self.graded else None


NOTHING_YET = TrackRecord()

Recorder = Callable[[Collection[int]], Mapping[int, TrackRecord]]
Meetings = Callable[[int, Collection[int]], Mapping[int, set[int]]]
_recorders: list[Recorder] = []
_meetings: list[Meetings] = []


def register_records(recorder: Recorder) -> None:
    """Ask this recorder what observers have done, by the observer's key."""
    _recorders[:] = [recorder]


def register_meetings(meetings: Meetings) -> None:
    """Ask this source whom observers have met before a season, among the season's participants."""
    _meetings.append(meetings)


def records_of(observer_ids: Collection[int]) -> dict[int, TrackRecord]:
    """Return what each of these observers has done so far, by the observer's key."""
    told: dict[int, TrackRecord] = {}
    for recorder in _recorders:
        told |= recorder(observer_ids)
    return {key: told.get(key, NOTHING_YET) for key in observer_ids}


def meetings_before(season_id: int, observer_ids: Collection[int]) -> dict[int, set[int]]:
    """Return the participants of the season whom each of these observers met in earlier seasons of this system."""
    found: dict[int, set[int]] = {key: set() for key in observer_ids}
    for source in _meetings:
        for key, participants in source(season_id, observer_ids).items():
            found[key] |= participants
    return found
