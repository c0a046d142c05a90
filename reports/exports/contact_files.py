"""Checks the files that hold a season's contacts: the reports, their attempts, answers and comments."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.utils.translation import gettext as _

from ksp.lib.weeks import IsoWeek
from participants.models import ContactMethod
from reports.exports.questionnaire_files import EnrolmentRow
from reports.exports.reading import Line, Mistakes, read_lines
from responses.models import AttemptOutcome
from responses.questionnaires.battery import Battery, Question
from responses.questionnaires.models import QuestionKind
from responses.workflow import ReportState

LONGEST_COMMENT = 100_000
# In these states a report has been handed in, so it has a time and an outcome.
HANDED_IN = frozenset(set(ReportState.values) - {ReportState.DRAFT})


@dataclass(frozen=True)
class AttemptRow:
    """One try at reaching the centre."""

    number: int
    started_at: datetime
    answered_at: datetime | None
    outcome: str


@dataclass(frozen=True)
class ContactRow:
    """One report with everything that belongs to it: options and texts by question."""

    line: Line
    code: str
    participant: str
    method: str
    week: IsoWeek | None
    observer: str
    role_play: str
    state: str
    is_answered: bool | None
    submitted_at: datetime | None
    approved_at: datetime | None
    attempts: list[AttemptRow] = field(default_factory=list)
    options: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)


def read_contacts(
    folder: Path, enrolments: Mapping[str, EnrolmentRow], battery: Battery, mistakes: Mistakes
) -> dict[str, ContactRow]:
    """Return the reports by their codes, each with its attempts, answers and comments."""
    contacts: dict[str, ContactRow] = {}
    for line in read_lines(folder, "contacts.csv", mistakes):
        contact = _contact(line)
        if contact.code in contacts:
            line.wrong("contact", _("“%(text)s” is there twice. Keep one row.") % {"text": contact.code})
        contacts[contact.code] = contact
    _check_meetings(contacts, enrolments)
    _read_attempts(folder, contacts, mistakes)
    questions = {question.code: question for question in battery.questions}
    _read_answers(folder, contacts, questions, mistakes)
    _read_comments(folder, contacts, questions, mistakes)
    return contacts


def _contact(line: Line) -> ContactRow:
    answered = line.one_of("answered", ["true", "false", ""])
    contact = ContactRow(
        line=line,
        code=line.text("contact", longest=40),
        participant=line.text("participant", longest=40),
        method=line.one_of("method", ContactMethod.values),
        week=line.week("week"),
        observer=line.text("observer", longest=39),
        role_play=line.text("role_play", longest=40, may_be_empty=True),
        state=line.one_of("state", ReportState.values),
        is_answered=None if answered == "" else answered == "true",
        submitted_at=line.moment("submitted_at"),
        approved_at=line.moment("approved_at"),
    )
    _check_state(line, contact)
    return contact


def _check_state(line: Line, contact: ContactRow) -> None:
    """A report has the times and the outcome that its state says, and no others."""
    words = {"state": contact.state}
    if contact.state in HANDED_IN:
        if not line.cells["submitted_at"]:
            line.wrong("submitted_at", _("A report that is “%(state)s” was submitted. Write when.") % words)
        if contact.is_answered is None:
            line.wrong("answered", _("A report that is “%(state)s” has an outcome. Write true or false.") % words)
    elif contact.submitted_at is not None:
        line.wrong("submitted_at", _("A report that is “%(state)s” is not submitted. Leave the cell empty.") % words)
    if contact.state == ReportState.APPROVED and not line.cells["approved_at"]:
        line.wrong("approved_at", _("A report that is “%(state)s” was approved. Write when.") % words)
    elif contact.state != ReportState.APPROVED and contact.approved_at is not None:
        line.wrong("approved_at", _("A report that is “%(state)s” is not approved. Leave the cell empty.") % words)


def _check_meetings(contacts: Mapping[str, ContactRow], enrolments: Mapping[str, EnrolmentRow]) -> None:
    """Every participant is known, no observer meets one twice, and a role-play belongs to one class."""
    met: dict[tuple[str, str], str] = {}
    classes: dict[str, str] = {}
    for contact in contacts.values():
        enrolment = enrolments.get(contact.participant)
        if enrolment is None:
            words = {"text": contact.participant}
            contact.line.wrong("participant", _("“%(text)s” is not in enrolments.csv. Add it there.") % words)
            continue
        other = met.setdefault((contact.observer, contact.participant), contact.code)
        if other != contact.code:
            message = _("This observer meets the participant in %(other)s already. An observer meets it once.")
            contact.line.wrong("observer", message % {"other": other})
        if contact.role_play and classes.setdefault(contact.role_play, enrolment.award_class) != enrolment.award_class:
            words = {"award_class": classes[contact.role_play]}
            message = _("This role-play belongs to the class “%(award_class)s”. Give each class its own.")
            contact.line.wrong("role_play", message % words)


def _owner(line: Line, contacts: Mapping[str, ContactRow]) -> ContactRow | None:
    contact = contacts.get(line.cells["contact"])
    if contact is None:
        words = {"text": line.cells["contact"]}
        line.wrong("contact", _("“%(text)s” is not in contacts.csv. Add it there.") % words)
    return contact


def _read_attempts(folder: Path, contacts: Mapping[str, ContactRow], mistakes: Mistakes) -> None:
    for line in read_lines(folder, "attempts.csv", mistakes):
        contact = _owner(line, contacts)
        number = line.number_in("number", least=1, most=100)
        started_at, answered_at = line.moment("started_at"), line.moment("answered_at")
        outcome = line.one_of("outcome", AttemptOutcome.values)
        if not line.cells["started_at"]:
            line.wrong("started_at", _("This cell is empty. Fill it in."))
        if contact is None or started_at is None:
            continue
        if number in {attempt.number for attempt in contact.attempts}:
            line.wrong("number", _("“%(text)s” is there twice. Keep one row.") % {"text": number})
        if (outcome == AttemptOutcome.ANSWERED) != (answered_at is not None):
            line.wrong("answered_at", _("An attempt has a time of answer exactly if its outcome is “answered”."))
        elif answered_at is not None and answered_at < started_at:
            line.wrong("answered_at", _("The answer comes before the start. Check both times."))
        contact.attempts.append(AttemptRow(number, started_at, answered_at, outcome))


def _read_answers(
    folder: Path, contacts: Mapping[str, ContactRow], questions: Mapping[str, Question], mistakes: Mistakes
) -> None:
    options = {code: {option.code for option in question.options} for code, question in questions.items()}
    for line in read_lines(folder, "answers.csv", mistakes):
        contact, question = _owner(line, contacts), _asked(line, questions)
        if contact is None or question is None:
            continue
        _check_answer(line, contact, question, contact.options)
        if question.kind == QuestionKind.COMMENT:
            line.wrong("question", _("A comment has no options. Move the row to comments.csv."))
        elif line.cells["option"] not in options[question.code]:
            words = {"text": line.cells["option"]}
            line.wrong("option", _("“%(text)s” is not among the question’s options in options.csv.") % words)
        contact.options[question.code] = line.cells["option"]


def _read_comments(
    folder: Path, contacts: Mapping[str, ContactRow], questions: Mapping[str, Question], mistakes: Mistakes
) -> None:
    for line in read_lines(folder, "comments.csv", mistakes):
        contact, question = _owner(line, contacts), _asked(line, questions)
        if contact is None or question is None:
            continue
        _check_answer(line, contact, question, contact.texts)
        if question.kind != QuestionKind.COMMENT:
            line.wrong("question", _("This question has options. Move the row to answers.csv."))
        contact.texts[question.code] = line.text("text", longest=LONGEST_COMMENT)


def _asked(line: Line, questions: Mapping[str, Question]) -> Question | None:
    question = questions.get(line.cells["question"])
    if question is None:
        words = {"text": line.cells["question"]}
        line.wrong("question", _("“%(text)s” is not in questions.csv. Add it there.") % words)
    return question


def _check_answer(line: Line, contact: ContactRow, question: Question, given: Mapping[str, str]) -> None:
    """The contact answers the question, once."""
    if contact.method not in question.methods:
        words = {"method": contact.method}
        line.wrong("question", _("This question is not asked by %(method)s. Take the row out.") % words)
    if question.code in given:
        line.wrong("question", _("The contact answers this question twice. Keep one row."))
    if contact.is_answered is False and contact.state in HANDED_IN and question.kind != QuestionKind.WAITING:
        line.wrong("question", _("Nobody answered this contact, so it has no answers. Take the row out."))
