"""A place among others, drawn as a row of boxes."""

from collections.abc import Sequence
from typing import Any, Final

from django import template

register = template.Library()

# With more places than this there is no room on a phone for the number of each.
ALL_NUMBERED: Final = 12
GAP: Final = 0.08


@register.inclusion_tag("components/_place_strip.html")
def place_strip(label: object, place: int, of: int, likely: Sequence[float] | None = None) -> dict[str, Any]:
    """Show a place among ``of`` as a row of boxes with its own filled; the label says it in words.

    ``likely`` are the first and the last place that it probably is, tinted.
    """
    first, last = likely or (place, place)
    share = 1 / max(of, 1)
    boxes = [
        {
            "place": number,
            "x": f"{(number - 1 + GAP / 2) * share:.2%}",
            "width": f"{(1 - GAP) * share:.2%}",
            "middle": f"{(number - 0.5) * share:.2%}",
            "is_own": number == place,
            "is_likely": first <= number <= last,
            "is_numbered": of <= ALL_NUMBERED or number in {1, place, of},
        }
        for number in range(1, of + 1)
    ]
    return {"label": label, "boxes": boxes}
