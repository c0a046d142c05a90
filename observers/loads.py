"""How much observers have to do; the app above, which hands contacts out, says so."""

from collections.abc import Callable, Collection, Mapping

Counter = Callable[[Collection[int]], Mapping[int, int]]
_counters: list[Counter] = []


def register_load(counter: Counter) -> None:
    """Ask this counter for how many contacts observers have under way."""
    _counters.append(counter)


def loads_of(observer_ids: Collection[int]) -> dict[int, int]:
    """Return how many contacts each of these observers has under way, by the observer's key."""
    counted = [counter(observer_ids) for counter in _counters]
    return {key: sum(counts.get(key, 0) for counts in counted) for key in observer_ids}
