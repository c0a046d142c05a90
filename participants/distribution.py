"""The distribution key: how many of a participant's contacts go by each method."""

from collections.abc import Mapping, Sequence

METHOD_ORDER = ("phone", "email", "chat", "messenger")


def distribute(total: int, methods: Sequence[str], weights: Mapping[str, int]) -> dict[str, int]:
    """Split ``total`` contacts over the methods in proportion to their weights, by largest remainder.

    The parts sum to ``total``; equal remainders go to the earlier of phone, e-mail, chat, Messenger.
    """
    present = [method for method in METHOD_ORDER if method in methods]
    weight = sum(weights[method] for method in present)
    if not present or not weight:
        return {}
    parts = {method: total * weights[method] // weight for method in present}
    by_remainder = sorted(present, key=lambda method: -(total * weights[method] % weight))
    for method in by_remainder[: total - sum(parts.values())]:
        parts[method] += 1
    return parts


def choose_methods(available: Sequence[str], *, most: int = 3) -> list[str]:
    """Return the methods that will be used: phone, e-mail, then chat, or Messenger only without chat."""
    wanted = [method for method in METHOD_ORDER if method in available]
    if "chat" in wanted and "messenger" in wanted:
        wanted.remove("messenger")
    return wanted[:most]
