"""A season's exported files, played once for a module of tests, and ways to read and to spoil them."""

import csv
import io
import shutil

import pytest

from assignments.models import Assignment
from ksp.accounts.services import create_organiser, system_user
from observers.models import Observer
from participants.models import Enrolment, Participant, Season
from reports.exports.answers import export_answers
from reports.exports.importing import FilesRefused, import_answers
from reports.exports.layout import COLUMNS
from responses.models import Answer, SurveyResponse
from responses.questionnaires.models import Question
from responses.services import reject_response, return_response
from scoring.models import ResponseScore
from scoring.services import recompute_season
from tests.rehearsal.playing import read, small_season


@pytest.fixture(scope="module", name="played")
def _played(django_db_setup, django_db_blocker, tmp_path_factory):
    """Give half a season: reports in every state, with and without answers."""
    folder = tmp_path_factory.mktemp("half")
    size = {"participants": 20, "contacts": 10, "progress": 0.6}
    return small_season(django_db_blocker, folder, **size, afterwards=decide_some)


def decide_some(season, by):
    """Let there be a report of every state, whatever chance has made."""
    waiting = list(SurveyResponse.objects.filter(season=season, state="submitted").order_by("code"))
    reject_response(waiting[0].pk, reason="Feil rollespill.", by=by)
    return_response(waiting[1].pk, notes={}, note="Kan du forklare?", by=by)
    recompute_season(season.pk, by=by)


@pytest.fixture(name="director")
def _director():
    return system_user(create_organiser(name="Kundeserviceprisen", slug="ksp"))


@pytest.fixture(name="files")
def _files(played, tmp_path):
    """Give a copy of the season's files that a test may change."""
    return shutil.copytree(played.answers, tmp_path / "files")


def imported(folder, director, code="T22", *, dry_run=False):
    import_answers(code, folder=folder, organiser=director.organiser, dry_run=dry_run, by=director)
    return Season.objects.filter(code=code).first()


def exported(season, director, folder):
    export_answers(season.pk, folder=folder, by=director)
    return read(folder)


def rows(folder, name):
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def rewrite(folder, name, change):
    """Write a file anew after ``change`` has been made to its rows."""
    found = rows(folder, name)
    found = change(found) or found
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS[name], lineterminator="\n")
    writer.writeheader()
    writer.writerows(found)
    (folder / name).write_text(text.getvalue(), encoding="utf-8", newline="")


def set_cell(name, row, column, value):
    def change(found):
        found[row - 2][column] = value

    return lambda folder: rewrite(folder, name, change)


def mistakes(folder, director, **how):
    with pytest.raises(FilesRefused) as refused:
        imported(folder, director, **how)
    return [(item.file, item.row, item.column) for item in refused.value.mistakes]


def nothing_is_there():
    models = (Season, Participant, Enrolment, Question, Observer, Assignment, SurveyResponse, Answer, ResponseScore)
    return {model.__name__: model.objects.count() for model in models if model.objects.exists()} == {}
