"""The report form as plain values: its parts, its questions, and what one report says to them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Final

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from responses.models import Answer, AnswerRevision, ReviewNote
from responses.questionnaires.models import QuestionKind
from responses.questionnaires.selectors import AskedQuestion, Questionnaire

# Numbers with a word at the ends only lie closer together than sentences do.
LONGEST_STEP_LABEL: Final = 2
MOST_IN_A_ROW: Final = 5


@dataclass(frozen=True)
class FormQuestion:
    """One question as the form shows it, in one language: nothing of what it counts for."""

    key: int
    code: str
    number: int
    text: str
    help: str
    is_comment: bool
    is_adaptable: bool
    labels: Mapping[str, str]
    codes: Mapping[int, str]
    drawn: dict[tuple[str, bool], SafeString] = field(default_factory=dict)

    @property
    def layout(self) -> str:
        """How the alternatives are laid out: numbers on a scale, a few in a row, or one under the other."""
        labels = list(self.labels.values())
        if len(labels) > MOST_IN_A_ROW - 1 and all(len(label) <= LONGEST_STEP_LABEL for label in labels[1:-1]):
            return "choices-scale"
        return "choices-row" if len(labels) <= MOST_IN_A_ROW else ""


@dataclass(frozen=True)
class FormPart:
    """The questions of one area."""

    number: int
    name: str
    intro: str
    questions: tuple[FormQuestion, ...]


@dataclass(kw_only=True)
class Row:
    """One question with what the report says to it."""

    question: FormQuestion
    value: str = ""
    version: int = 0
    missing: str = ""
    is_marked: bool = False
    other: str | None = None
    notes: list["Asked"] = field(default_factory=list)
    changes: list["Change"] = field(default_factory=list)

    @property
    def is_plain(self) -> bool:
        """Nothing but the chosen alternative differs from one report to another."""
        question = self.question
        has_more = self.notes or self.changes or self.other is not None
        return not (question.is_comment or question.is_adaptable or has_more)

    @property
    def drawn(self) -> SafeString:
        """The plain question with its alternatives: drawn once for all reports, and then remembered."""
        key = (self.value, self.is_marked)
        if key not in self.question.drawn:
            self.question.drawn[key] = render_to_string("responses/_question_choice.html", {"row": self})
        return self.question.drawn[key]

    @property
    def answer(self) -> str:
        """The answer in words."""
        return self.question.labels.get(self.value, self.value)

    @property
    def other_answer(self) -> str:
        """What was typed here while another window said otherwise, in words."""
        return self.question.labels.get(self.other or "", self.other or "")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a manager asked, and whether the observer is to reply to it now."""

    note: ReviewNote
    is_current: bool


@dataclass(frozen=True, kw_only=True)
class Change:
    """One change after the report was first handed in."""

    before: str
    after: str
    revision: AnswerRevision


@dataclass(kw_only=True)
class Part:
    """One area with what the report says, and what it still lacks."""

    form: FormPart
    rows: list[Row]
    next_name: str = ""

    @property
    def first_missing(self) -> Row | None:
        """The first question that lacks an answer."""
        return next((row for row in self.rows if row.missing), None)

    @property
    def first_wrong(self) -> Row | None:
        """The first question that lacks an answer, or has two."""
        return next((row for row in self.rows if row.missing or row.other is not None), None)

    @property
    def missing_choices(self) -> int:
        """How many questions lack an alternative."""
        return sum(bool(row.missing) and not row.question.is_comment for row in self.rows)

    @property
    def missing_comments(self) -> int:
        """How many comments are too short."""
        return sum(bool(row.missing) and row.question.is_comment for row in self.rows)


@dataclass(kw_only=True)
class Sheet:
    """The whole report as the form shows it."""

    parts: list[Part]
    shown: int = 1

    @property
    def rows(self) -> Iterator[Row]:
        """Every question with its answer."""
        return (row for part in self.parts for row in part.rows)

    @property
    def asked(self) -> int:
        """How many questions there are."""
        return sum(len(part.rows) for part in self.parts)

    @property
    def answered(self) -> int:
        """How many of them are answered well enough."""
        return sum(not row.missing for row in self.rows)

    @property
    def versions(self) -> str:
        """Which version of each answer the page has read, to send back with it."""
        return " ".join(f"{row.question.code}:{row.version}" for row in self.rows if row.version)


def form_parts(questionnaire: Questionnaire, method: str) -> Sequence[FormPart]:
    """Return the form of a contact method in the reader's language, made once for each questionnaire."""
    key = ("form", method, get_language())
    if key not in questionnaire.derived:
        questionnaire.derived[key] = tuple(_parts(questionnaire, method))
    parts: Sequence[FormPart] = questionnaire.derived[key]
    return parts


def _parts(questionnaire: Questionnaire, method: str) -> Iterator[FormPart]:
    asked = [item for item in questionnaire.for_method(method) if item.question.kind != QuestionKind.WAITING]
    numbers = {item.question.pk: number for number, item in enumerate(asked, start=1)}
    place = 0
    for area in questionnaire.areas:
        own = [item for item in asked if item.question.area_id == area.pk]
        if own:
            place += 1
            questions = tuple(_question(item, number=numbers[item.question.pk]) for item in own)
            yield FormPart(place, area.name, area.intro, questions)


def _question(asked: AskedQuestion, *, number: int) -> FormQuestion:
    return FormQuestion(
        key=asked.question.pk,
        code=asked.question.code,
        number=number,
        text=asked.question.text,
        help=asked.question.help,
        is_comment=asked.question.kind == QuestionKind.COMMENT,
        is_adaptable=asked.question.is_adaptable,
        labels={option.code: option.label for option in asked.options},
        codes={option.pk: option.code for option in asked.options},
    )


def sheet_of(parts: Iterable[FormPart], *, answers: Iterable[Answer], missing: Mapping[str, str]) -> Sheet:
    """Return the form with the answers put in, and with what to do about those that are missing."""
    stored = {answer.question_id: answer for answer in answers}
    filled = [Part(form=part, rows=[_row(item, stored.get(item.key)) for item in part.questions]) for part in parts]
    for part, following in pairwise(filled):
        part.next_name = following.form.name
    for part in filled:
        has_later = False
        for row in reversed(part.rows):
            row.missing = missing.get(row.question.code, "")
            row.is_marked = has_later and bool(row.missing)
            has_later = has_later or not row.missing
    return Sheet(parts=filled)


def add_notes(sheet: Sheet, notes: Iterable[ReviewNote], *, since: datetime | None) -> list[Asked]:
    """Put what managers asked beside its question; return what concerns the report as a whole.

    What was asked ``since`` then is to be replied to; nothing is, where there is no such time.
    """
    rows = {row.question.key: row for row in sheet.rows}
    general: list[Asked] = []
    for note in notes:
        asked = Asked(note=note, is_current=since is not None and note.written_at >= since)
        row = rows.get(note.question_id) if note.question_id else None
        (row.notes if row else general).append(asked)
    return general


def add_changes(sheet: Sheet, revisions: Iterable[AnswerRevision]) -> None:
    """Put beside each question how its answer was changed after the report was first handed in."""
    rows = {row.question.key: row for row in sheet.rows}
    for revision in revisions:
        if (row := rows.get(revision.question_id)) is not None:
            before = _in_words(row.question, revision.old_option_id, revision.old_text)
            after = _in_words(row.question, revision.new_option_id, revision.new_text)
            row.changes.append(Change(before=before, after=after, revision=revision))


def _in_words(question: FormQuestion, option_id: int | None, text: str) -> str:
    return question.labels.get(question.codes.get(option_id or 0, ""), text) or "–"


def _row(question: FormQuestion, answer: Answer | None) -> Row:
    if answer is None:
        return Row(question=question)
    value = question.codes.get(answer.option_id, "") if answer.option_id else answer.text
    return Row(question=question, value=value, version=answer.version)
