"""Brings a season's answers in from files, all of them or none."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import ClassVar

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ksp.accounts.models import AuditEvent, Organiser, User
from ksp.lib.errors import DomainError
from participants.models import Enrolment, Participant, Season
from participants.services import create_season, open_season, organiser_owned
from participants.workflow import SeasonState
from reports.exports.answers import option_rows, question_rows
from reports.exports.contact_files import ContactRow, read_contacts
from reports.exports.questionnaire_files import EnrolmentRow, read_battery, read_enrolments
from reports.exports.reading import Mistake, Mistakes
from reports.exports.writing import SeasonWriter
from responses.questionnaires.battery import Battery
from responses.questionnaires.selectors import read_questionnaire
from responses.questionnaires.services import install_battery
from responses.workflow import ReportState
from scoring.services import recompute_season

DECIDED = frozenset({ReportState.APPROVED, ReportState.REJECTED})


class FilesRefused(DomainError):
    """The files have mistakes; nothing was imported."""

    code: ClassVar[str] = "files_refused"

    def __init__(self, mistakes: list[Mistake]) -> None:
        count = len(mistakes)
        message = ngettext(
            "There is %(count)s mistake in the files, and nothing was imported.",
            "There are %(count)s mistakes in the files, and nothing was imported.",
            count,
        )
        super().__init__(message % {"count": count})
        self.mistakes = mistakes


class SeasonHasAnswers(DomainError):
    """The season cannot take these answers; the message says why."""

    code: ClassVar[str] = "season_has_answers"


@dataclass(frozen=True)
class SeasonFiles:
    """What the files of one season say, checked."""

    enrolments: Mapping[str, EnrolmentRow]
    battery: Battery
    contacts: Mapping[str, ContactRow]

    def counts(self) -> dict[str, int]:
        """Return how many of each thing there are."""
        contacts = self.contacts.values()
        return {
            "enrolments": len(self.enrolments),
            "questions": len(self.battery.questions),
            "options": sum(len(question.options) for question in self.battery.questions),
            "contacts": len(contacts),
            "attempts": sum(len(contact.attempts) for contact in contacts),
            "answers": sum(len(contact.options) for contact in contacts),
            "comments": sum(len(contact.texts) for contact in contacts),
        }

    def span(self) -> tuple[date, date]:
        """Return the first and the last day of the weeks with contacts."""
        weeks = [contact.week for contact in self.contacts.values() if contact.week is not None]
        if not weeks:
            today = timezone.localdate()
            return today, today
        return min(weeks).monday(), max(weeks).sunday()


@transaction.atomic
def import_answers(
    code: str, *, folder: Path, organiser: Organiser, dry_run: bool, now: datetime | None = None, by: User
) -> dict[str, int]:
    """Make the season with all that the files say of it, scores included; return how much of each there was.

    Participants that the organiser knows are taken as they are; observers come in by their pseudonyms alone.
    The season is closed afterwards, at ``now``, if every report is decided, else open. A dry run only checks.
    """
    if not by.has_perm("reports.import_answers", organiser_owned(organiser)):
        raise PermissionDenied
    season = Season.objects.select_for_update().filter(organiser=organiser, code=code).first()
    mistakes = Mistakes()
    files = _read(folder, code, mistakes)
    _check_names(files, organiser, mistakes)
    if season is not None:
        _check_season(season, files, mistakes)
    if mistakes.found:
        raise FilesRefused(mistakes.found)
    if not dry_run:
        _write(season or _create(code, files, organiser, by=by), files, now=now or timezone.now(), by=by)
    return files.counts()


def _read(folder: Path, code: str, mistakes: Mistakes) -> SeasonFiles:
    enrolments = read_enrolments(folder, mistakes)
    battery = read_battery(folder, code, mistakes)
    return SeasonFiles(enrolments, battery, read_contacts(folder, enrolments, battery, mistakes))


def _check_names(files: SeasonFiles, organiser: Organiser, mistakes: Mistakes) -> None:
    """A participant that is known by its id has the same name here and in the files."""
    known = dict(Participant.objects.filter(organiser=organiser).values_list("code", "name"))
    for place, row in enumerate(files.enrolments.values(), start=2):
        if known.get(row.participant, row.name) != row.name:
            message = _("This participant is known as “%(name)s”. Use that name, or another id if it is another one.")
            mistakes.add("enrolments.csv", place, "name", message % {"name": known[row.participant]})


def _check_season(season: Season, files: SeasonFiles, mistakes: Mistakes) -> None:
    """A season that is there already has no contacts, and asks what the files ask if it asks anything."""
    if season.state not in {SeasonState.PREPARING, SeasonState.OPEN} or season.assignments.exists():
        message = _("The season %(code)s has contacts, or is no longer open. Choose another code.")
        raise SeasonHasAnswers(message % {"code": season.code})
    questionnaire = read_questionnaire(season)
    if questionnaire.asked and [*question_rows(questionnaire), *option_rows(questionnaire)] != _written(files.battery):
        mistakes.add("questions.csv", 0, "", _("The season asks other questions. Choose another season."))
    rows = Enrolment.objects.filter(season=season).values_list("participant__code", "award_class__name")
    for participant, award_class in rows:
        row = files.enrolments.get(participant)
        if row is not None and row.award_class != award_class:
            words = {"participant": participant, "award_class": award_class}
            message = _("%(participant)s is enrolled in the class “%(award_class)s”. Write that class.") % words
            mistakes.add("enrolments.csv", 0, "award_class", message)


def _written(battery: Battery) -> list[tuple[object, ...]]:
    """Return the rows that an export of the questionnaire would have."""
    rows: list[tuple[object, ...]] = []
    for item in battery.questions:
        head = (item.code, item.area, item.kind, " ".join(item.methods), item.position)
        rows.append((*head, item.text_nb, item.text_en))
    for item in battery.questions:
        for option in item.options:
            labels = (item.code, option.code, option.label_nb, option.label_en)
            rows.append((*labels, option.points, "true" if option.not_applicable else "false", option.value))
    return rows


def _create(code: str, files: SeasonFiles, organiser: Organiser, *, by: User) -> Season:
    starts_on, ends_on = files.span()
    return create_season(organiser, code=code, name=code, starts_on=starts_on, ends_on=ends_on, by=by)


def _write(season: Season, files: SeasonFiles, *, now: datetime, by: User) -> None:
    if not season.questions.exists():
        install_battery(season.pk, battery=files.battery, by=by)
    writer = SeasonWriter(season, by=by)
    writer.write_enrolments(files.enrolments.values())
    writer.write_contacts(list(files.contacts.values()))
    _settle(season, files, now=now, by=by)
    AuditEvent.record(by, "answers.imported", season, **files.counts())
    recompute_season(season.pk, by=by)


def _settle(season: Season, files: SeasonFiles, *, now: datetime, by: User) -> None:
    """Close the season if nothing is left to decide; else it is open, so that work on it can go on."""
    if files.contacts and all(contact.state in DECIDED for contact in files.contacts.values()):
        season.state, season.closed_at = SeasonState.CLOSED, now
        season.opened_at = season.opened_at or now
        season.save(update_fields=["state", "opened_at", "closed_at"])
    elif season.state == SeasonState.PREPARING:
        open_season(season.pk, by=by)
