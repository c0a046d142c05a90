"""Saving what the observer answers, one question at a time, with its history."""

from typing import ClassVar

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


@transaction.atomic
def save_answer(response_id: int, *, question: str, value: str, base: int | None = None, by: User) -> Answer:
    """Store one answer: an option's code, or a comment's text; empty takes the answer away.

    ``base`` is the version of the answer that the window has read (0 for none); a newer one that says something
    else is a conflict, and nothing is overwritten. Saving the same value twice changes nothing.
    """
    response = lock_for_writing(response_id, by=by)
    asked = asked_question(response, question)
    answer = read_value(asked, value)
    stored = Answer.objects.filter(response=response, question=asked.question).first()
    if stored is not None and (stored.option_id, stored.text) == (answer.option_id, answer.text):
        return stored
    current = stored.version if stored is not None else 0
    if base is not None and base != current and stored is not None:
        raise AnswerChangedElsewhere(_("This answer was changed in another window."), stored=stored)
    AnswerRevision.objects.create(**revision_fields(response, stored, answer, by=by))
    answer.response, answer.version = response, current + 1
    if stored is not None:
        answer.pk = stored.pk
    answer.save(force_insert=stored is None, force_update=stored is not None)
    return answer


def asked_question(response: SurveyResponse, code: str) -> AskedQuestion:
    """Return the question that the observer answers in this contact, or say that there is none."""
    asked = questionnaire_of(response.season).by_code.get(code)
    if asked is None or asked.question.kind == QuestionKind.WAITING or response.method not in asked.question.methods:
        raise UnknownAnswer(_("This question is not part of the report. Reload the page."))
    return asked


def read_value(asked: AskedQuestion, value: str) -> Answer:
    """Return the answer that the value means, not yet stored."""
    if asked.question.kind == QuestionKind.COMMENT:
        return Answer(question=asked.question, text=value.replace("\x00", "").strip()[:LONGEST_COMMENT])
    if not value:
        return Answer(question=asked.question)
    option = asked.option_by_code.get(value)
    if option is None:
        raise UnknownAnswer(_("This question has no such answer. Reload the page."))
    return Answer(question=asked.question, option=option)


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
def reply_to_note(note_id: int, *, reply: str, by: User) -> ReviewNote:
    """Store what the observer says to one thing that the manager asked."""
    note = ReviewNote.objects.get(pk=note_id)
    lock_for_writing(note.response_id, by=by)
    note.reply = reply.strip()[:LONGEST_COMMENT]
    note.settled_at = timezone.now() if note.reply else None
    note.save(update_fields=["reply", "settled_at"])
    return note
