"""Saving what the observer answers, one question at a time, with its history."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ksp.accounts.models import User
from ksp.lib.errors import DomainError
from responses.models import Answer, AnswerRevision, ReviewNote, SurveyResponse
from responses.questionnaires.models import QuestionKind
from responses.questionnaires.selectors import AskedQuestion, questionnaire_of
from responses.services.locking import lock_for_writing

LONGEST_COMMENT = 5000


class UnknownAnswer(DomainError):
    """The question is not asked in this contact, or has no such option."""

    code: ClassVar[str] = "unknown_answer"


class AnswerChangedElsewhere(DomainError):
    """The answer was changed in another window since this one read it; carries what is stored."""

    code: ClassVar[str] = "answer_changed_elsewhere"

    def __init__(self, message: str, *, stored: Answer) -> None:
        super().__init__(message)
        self.stored = stored


class AnswersChangedElsewhere(DomainError):
    """Some answers of a whole page were changed in another window; ``codes`` are those questions."""

    code: ClassVar[str] = "answers_changed_elsewhere"

    def __init__(self, message: str, *, codes: Iterable[str]) -> None:
        super().__init__(message)
        self.codes = tuple(codes)


@transaction.atomic
def save_answer(response_id: int | UUID, *, question: str, value: str, base: int | None = None, by: User) -> Answer:
    """Store one answer: an option's code, or a comment's text; empty takes the answer away.

    ``base`` is the version of the answer that the window has read (0 for none); a newer one that says something
    else is a conflict, and nothing is overwritten. Saving the same value twice changes nothing.
    """
    response = lock_for_writing(response_id, by=by)
    asked = asked_question(response, question)
    answer = read_value(asked, value)
    stored = Answer.objects.filter(response=response, question=asked.question).first()
    if _is_same(stored, answer):
        return stored or answer
    current = stored.version if stored is not None else 0
    if base is not None and base != current and stored is not None:
        raise AnswerChangedElsewhere(_("This answer was changed in another window."), stored=stored)
    AnswerRevision.objects.create(**revision_fields(response, stored, answer, by=by))
    answer.response, answer.version = response, current + 1
    if stored is not None:
        answer.pk = stored.pk
    answer.save(force_insert=stored is None, force_update=stored is not None)
    return answer


def _is_same(stored: Answer | None, answer: Answer) -> bool:
    """Nothing would change: the answer says what is stored, or nothing where nothing is."""
    before = (stored.option_id, stored.text) if stored is not None else (None, "")
    return before == (answer.option_id, answer.text)


@transaction.atomic
def save_answers(
    response_id: int | UUID, *, values: Mapping[str, str], bases: Mapping[str, int] | None = None, by: User
) -> SurveyResponse:
    """Store all that a page of the report says, by question code, or nothing if another window said otherwise since.

    ``bases`` are the versions that the page has read; questions without one are not compared.
    """
    response = lock_for_writing(response_id, by=by)
    stored = {answer.question_id: answer for answer in response.answers.all()}
    store_values(response, stored, values, bases=bases, by=by)
    return response


@transaction.atomic(savepoint=False)
def store_values(
    response: SurveyResponse,
    stored: dict[int, Answer],
    values: Mapping[str, str],
    *,
    bases: Mapping[str, int] | None = None,
    now: datetime | None = None,
    by: User,
) -> None:
    """Store what differs from ``stored`` and bring that up to date, in two statements."""
    bases = bases or {}
    fresh: list[Answer] = []
    revisions: list[AnswerRevision] = []
    conflicts: list[str] = []
    for code, value in values.items():
        asked = asked_question(response, code)
        answer, before = read_value(asked, value), stored.get(asked.question.pk)
        if _is_same(before, answer):
            continue
        if before is not None and bases.get(code, before.version) != before.version:
            conflicts.append(code)
        answer.response, answer.version = response, (before.version if before else 0) + 1
        changed = revision_fields(response, before, answer, by=by)
        revisions.append(AnswerRevision(**changed, changed_at=now or timezone.now()))
        fresh.append(answer)
    if conflicts:
        raise AnswersChangedElsewhere(
            _("Some answers were changed in another window. See both below."), codes=conflicts
        )
    if fresh:
        _write(fresh, revisions)
        stored.update({answer.question_id: answer for answer in fresh})


def _write(answers: list[Answer], revisions: list[AnswerRevision]) -> None:
    Answer.objects.bulk_create(
        answers,
        update_conflicts=True,
        unique_fields=["response", "question"],
        update_fields=["option", "text", "version"],
    )
    AnswerRevision.objects.bulk_create(revisions)


def asked_question(response: SurveyResponse, code: str) -> AskedQuestion:
    """Return the question that the observer answers in this contact, or say that there is none."""
    asked = questionnaire_of(response.season).by_code.get(code)
    if asked is None or asked.question.kind == QuestionKind.WAITING or response.method not in asked.question.methods:
        raise UnknownAnswer(_("This question is not part of the report. Reload the page."))
    return asked


def read_value(asked: AskedQuestion, value: str) -> Answer:
    """Return the answer that the value means, not yet stored."""
    if asked.question.kind == QuestionKind.COMMENT:
        return Answer(question=asked.question, text=_clean(value), version=0)
    if not value:
        return Answer(question=asked.question, version=0)
    option = asked.option_by_code.get(value)
    if option is None:
        raise UnknownAnswer(_("This question has no such answer. Reload the page."))
    return Answer(question=asked.question, option=option, version=0)


def _clean(text: str) -> str:
    """Return the text as it is kept: a form and a script end their lines differently."""
    return text.replace("\x00", "").replace("\r\n", "\n").strip()[:LONGEST_COMMENT]


def revision_fields(response: SurveyResponse, stored: Answer | None, answer: Answer, *, by: User) -> dict[str, object]:
    """Return what the history keeps about one change."""
    return {
        "response": response,
        "question_id": answer.question_id,
        "old_option_id": stored.option_id if stored else None,
        "new_option_id": answer.option_id,
        "old_text": stored.text if stored else "",
        "new_text": answer.text,
        "changed_by": by,
        "after_submission": response.first_submitted_at is not None,
    }


@transaction.atomic
def reply_to_note(note_id: int, *, reply: str, now: datetime | None = None, by: User) -> ReviewNote:
    """Store what the observer says to one thing that the manager asked."""
    note = ReviewNote.objects.get(pk=note_id)
    lock_for_writing(note.response_id, by=by)
    note.reply = _clean(reply)
    note.settled_at = (now or timezone.now()) if note.reply else None
    note.save(update_fields=["reply", "settled_at"])
    return note
