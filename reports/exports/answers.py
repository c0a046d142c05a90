"""Writes all answers of a season as files that another system, or the import, can read."""

import csv
import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from django.core.exceptions import PermissionDenied
from django.db import transaction

from ksp.accounts.models import AuditEvent, User
from ksp.lib.calendar import OSLO
from ksp.lib.escaping import escape_cell
from participants.models import ContactMethod, Enrolment, Season
from reports.exports.layout import COLUMNS, WRITTEN
from responses.models import Answer, ContactAttempt, SurveyResponse
from responses.questionnaires.selectors import Questionnaire, questionnaire_of
from responses.workflow import ReportState

Row = Sequence[str | int | None]
CHUNK = 5_000


@transaction.atomic
def export_answers(season_id: int, *, folder: Path, by: User) -> dict[str, int]:
    """Write the season's files into the folder; return the number of rows of each.

    The same answers give the same bytes on any database. Either all files are there afterwards or none is changed.
    """
    season = Season.objects.get(pk=season_id)
    if not by.has_perm("reports.export_answers", season):
        raise PermissionDenied
    folder.mkdir(parents=True, exist_ok=True)
    counts = {name: _write(_half(folder, name), COLUMNS[name], rows) for name, rows in answer_rows(season).items()}
    for name in counts:
        _half(folder, name).replace(folder / name)
    AuditEvent.record(by, "answers.exported", season, rows=counts)
    return counts


def _half(folder: Path, name: str) -> Path:
    """Return where a file stands while it is being written."""
    return folder / f"{name}.{os.getpid()}.part"


def _write(path: Path, columns: Sequence[str], rows: Iterable[Row]) -> int:
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        for row in rows:
            writer.writerow([escape_cell(cell) if isinstance(cell, str) else cell for cell in row])
            count += 1
    return count


def answer_rows(season: Season) -> dict[str, Iterator[Row]]:
    """Return the rows of every file, in an order that no database decides."""
    questionnaire = questionnaire_of(season)
    return {
        "enrolments.csv": _enrolments(season),
        "questions.csv": question_rows(questionnaire),
        "options.csv": option_rows(questionnaire),
        "contacts.csv": _contacts(season),
        "attempts.csv": _attempts(season),
        "answers.csv": _answers(season, questionnaire),
        "comments.csv": _comments(season, questionnaire),
    }


def _enrolments(season: Season) -> Iterator[Row]:
    rows = Enrolment.objects.filter(season=season)
    yield from sorted(
        rows.values_list("participant__code", "participant__name", "award_class__name", "planned_contacts", "package")
    )


def question_rows(questionnaire: Questionnaire) -> Iterator[Row]:
    """Return what the file says of each question, in the order in which they are asked."""
    for asked in questionnaire.asked:
        question = asked.question
        methods = " ".join(method for method in ContactMethod.values if method in question.methods)
        head = (question.code, question.area.code, question.kind, methods, question.position)
        yield (*head, question.text_nb, question.text_en)


def option_rows(questionnaire: Questionnaire) -> Iterator[Row]:
    """Return what the file says of each option, in the order in which they are shown."""
    for asked in questionnaire.asked:
        for option in asked.options:
            labels = (option.label_nb, option.label_en)
            numbers = (option.points, WRITTEN[option.is_not_applicable], option.value)
            yield (asked.question.code, option.code, *labels, *numbers)


def _contacts(season: Season) -> Iterator[Row]:
    columns = (
        "code",
        "enrolment__participant__code",
        "method",
        "week",
        "observer__pseudonym",
        "assignment__role_play__code",
        "state",
        "is_answered",
        "submitted_at",
        "reviewed_at",
    )
    for *head, state, is_answered, submitted_at, reviewed_at in sorted(
        SurveyResponse.objects.filter(season=season).values_list(*columns)
    ):
        approved_at = reviewed_at if state == ReportState.APPROVED else None
        yield (*head, state, WRITTEN[is_answered], _time(submitted_at), _time(approved_at))


def _attempts(season: Season) -> Iterator[Row]:
    rows = ContactAttempt.objects.filter(response__season=season)
    for code, number, started_at, answered_at, outcome in sorted(
        rows.values_list("response__code", "number", "started_at", "answered_at", "outcome")
    ):
        yield code, number, _time(started_at), _time(answered_at), outcome


def _answers(season: Season, questionnaire: Questionnaire) -> Iterator[Row]:
    """The chosen options; the questions of a contact in the order in which they are asked."""
    places = {asked.question.pk: place for place, asked in enumerate(questionnaire.asked)}
    options = {option.pk: option.code for asked in questionnaire.asked for option in asked.options}
    rows = Answer.objects.filter(response__season=season, option__isnull=False)
    columns = rows.values_list("response__code", "question_id", "option_id").iterator(CHUNK)
    for code, place, option in sorted((code, places[question], option) for code, question, option in columns):
        yield code, questionnaire.asked[place].question.code, options[option or 0]


def _comments(season: Season, questionnaire: Questionnaire) -> Iterator[Row]:
    places = {asked.question.pk: place for place, asked in enumerate(questionnaire.asked)}
    rows = Answer.objects.filter(response__season=season).exclude(text="")
    columns = rows.values_list("response__code", "question_id", "text").iterator(CHUNK)
    for code, place, text in sorted((code, places[question], text) for code, question, text in columns):
        yield code, questionnaire.asked[place].question.code, text


def _time(moment: datetime | None) -> str:
    return "" if moment is None else moment.astimezone(OSLO).isoformat()
