"""A small season, played through the services and forgotten again."""

import json
from pathlib import Path
from typing import NamedTuple

from django.db import transaction

from ksp.accounts.models import User
from ksp.accounts.services import system_user
from ksp.rehearsal.season import Rehearsed, rehearse
from ksp.rehearsal.shape import Shape
from reports.exports.answers import export_answers
from reports.exports.results import results_of
from responses.questionnaires.selectors import forget_questionnaires

SMALL = {"participants": 12, "classes": 3, "observers": 30, "pool": 60, "contacts": 8, "seed": 5}


class Played(NamedTuple):
    """What a rehearsal left: its outcome, the answers' files, the results, the truth."""

    rehearsed: Rehearsed
    director: User
    answers: Path
    results: dict
    truth: dict


def play_small(folder, *, code="T22", progress=1.0, afterwards=None, **shape):
    """Play a small season in the test's own transaction; ``afterwards`` may still do something to it."""
    shape = Shape(season=code, progress=progress, **{**SMALL, **shape})
    folder.mkdir(parents=True, exist_ok=True)
    rehearsed = rehearse(shape, now=shape.stops_at(), truth_file=folder / "truth.json", quiet=True)
    director = system_user(rehearsed.season.organiser)
    if afterwards is not None:
        afterwards(rehearsed.season, director)
    export_answers(rehearsed.season.pk, folder=folder / "answers", by=director)
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    return Played(rehearsed, director, folder / "answers", results_of(rehearsed.season, by=director), truth)


def small_season(blocker, folder, **shape):
    """Play one for several tests that look at what it leaves; nothing of it stays in the database."""
    with blocker.unblock(), transaction.atomic():
        played = play_small(folder, **shape)
        transaction.set_rollback(True)
    forget_questionnaires()
    return played


def read(folder):
    """Give the bytes of every file of an export."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
