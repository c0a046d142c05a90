"""The numbers on the command line that say how large a rehearsed season is."""

from collections.abc import Mapping
from typing import Any, Final

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from ksp.lib.commands import WrongUsage

DEFAULTS: Final = {"participants": 188, "classes": 23, "observers": 100, "pool": 6000, "contacts": 25, "seed": 1}


def add_numbers(parser: CommandParser) -> None:
    """Add an option for each number."""
    for name, default in DEFAULTS.items():
        parser.add_argument(f"--{name}", type=int, default=default, metavar="N", help=f"{default} unless told")


def read_numbers(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the numbers, or say which one cannot be."""
    for name in DEFAULTS:
        least = 0 if name == "seed" else 1
        if options[name] < least:
            words = {"option": f"--{name}", "least": least}
            raise WrongUsage(_("%(option)s is a whole number from %(least)s.") % words)
    return {name: options[name] for name in DEFAULTS}
