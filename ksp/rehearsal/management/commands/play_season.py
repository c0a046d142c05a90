"""Plays a whole season, from lists to awards."""

import time
from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ksp.accounts.origin import set_origin
from ksp.accounts.services import system_user
from ksp.lib.commands import JsonCommand
from ksp.lib.formatting import score
from ksp.rehearsal.numbers import add_numbers, read_numbers
from ksp.rehearsal.season import Rehearsed, rehearse
from ksp.rehearsal.shape import Shape
from participants.models import ContactMethod
from participants.services import publish_season
from reports.exports.results import results_of

AWARDS = {
    "best_in_test": gettext_lazy("Best in test"),
    "best_of_both": gettext_lazy("Norway’s best customer centre"),
    "class_winner": gettext_lazy("Class winner"),
    "best_on_method": gettext_lazy("Best on"),
}


class Command(JsonCommand):
    """Opens, plays, closes and publishes a season, and prints the result list."""

    help = "Play a whole season from lists to awards; prints the result list and the time of each step."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the shape of the season."""
        super().add_arguments(parser)
        parser.add_argument("--season", default="KSP22", metavar="CODE", help="the code of the season to make")
        add_numbers(parser)

    def run(self, **options: Any) -> dict[str, Any]:
        """Play and publish; return the results and the seconds of each step."""
        set_origin("command play_season")
        shape = Shape(season=options["season"], **read_numbers(options), progress=1.0)
        rehearsed = rehearse(shape, now=shape.stops_at())
        return _published(rehearsed, shape)

    def describe(self, outcome: dict[str, Any]) -> str:
        """Return the result list, the awards, and how long everything took."""
        return "\n".join([*_result_list(outcome), "", *_awards(outcome), "", *_times(outcome["seconds"])])


def _published(rehearsed: Rehearsed, shape: Shape) -> dict[str, Any]:
    began = time.monotonic()
    director = system_user(rehearsed.season.organiser)
    season = publish_season(rehearsed.season.pk, now=shape.stops_at(), by=director)
    published = time.monotonic()
    results = results_of(season, by=director)
    seconds = {_("Publication"): published - began, _("Result list"): time.monotonic() - published}
    told = rehearsed.to_dict()
    return {
        **told,
        "state": season.state,
        "participants": results["participants"],
        "awards": results["awards"],
        "season_result": results["season_result"],
        "answers_fingerprint": results["answers_fingerprint"],
        "seconds": told["seconds"] | {name: round(value, 2) for name, value in seconds.items()},
    }


def _result_list(outcome: Mapping[str, Any]) -> list[str]:
    """Every class with its participants by place."""
    classes: dict[str, list[Mapping[str, Any]]] = {}
    for row in outcome["participants"]:
        classes.setdefault(row["award_class"], []).append(row)
    lines = [_("%(season)s: %(approved)s approved contacts") % outcome]
    for name, rows in sorted(classes.items()):
        lines += ["", name]
        ranked = sorted(rows, key=lambda row: (row["rank_class"] or len(rows) + 1, row["name"]))
        lines += [f"{_place(row):>5} {row['name']:<32}{score(row['total']):>6}" for row in ranked]
    return lines


def _place(row: Mapping[str, Any]) -> str:
    return f"{row['rank_class']}." if row["rank_class"] else "–"


def _awards(outcome: Mapping[str, Any]) -> list[str]:
    names = {row["participant"]: row["name"] for row in outcome["participants"]}
    lines = []
    for award in outcome["awards"]:
        on = ContactMethod(award["method"]).label if award["method"] else award["award_class"] or ""
        shared = f" ({_('shared')})" if award["shared"] else ""
        title = f"{AWARDS[award['award']]} {on}".strip()
        lines.append(f"{title:<38}{names[award['participant']]:<32}{score(award['score']):>6}{shared}")
    return lines


def _times(seconds: Mapping[str, float]) -> list[str]:
    lines = [f"{name:<24}{value:8.2f} s" for name, value in seconds.items()]
    return [*lines, f"{_('In all'):<24}{sum(seconds.values()):8.2f} s"]
