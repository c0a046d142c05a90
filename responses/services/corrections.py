"""Correcting an approved report: a manager changes answers and says why, and the history keeps both."""

from collections.abc import Mapping, Sequence
from typing import ClassVar
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from ksp.accounts.models import AuditEvent, User
from ksp.lib.errors import DomainError
from ksp.lib.workflow import TransitionNotAllowed
from responses.models import Answer, AnswerRevision, SurveyResponse
from responses.questionnaires.models import QuestionKind
from responses.questionnaires.packing import pack, unpack
from responses.questionnaires.selectors import AskedQuestion, questionnaire_of
from responses.services.answering import asked_question, read_value, revision_fields
from responses.services.locking import ReportChanged, fetch_for_update
from responses.signals import response_corrected
from responses.workflow import CORRECT

LONGEST_REASON = 300


class CorrectionRefused(DomainError):
    """Nothing in the report can be, or would be, corrected like this."""

    code: ClassVar[str] = "correction_refused"


@transaction.atomic
def correct_answers(
    response_id: int | UUID,
    *,
    answers: Mapping[str, str | None],
    reason: str,
    version: int | None = None,
    by: User,
) -> SurveyResponse:
    """Change answers of an approved report, by question code, and owe its scores anew; the report stays approved.

    The new answer is an option's code; none takes the answer away, and the question no longer counts. ``version``
    is the one of the report that the person has read. The observer reads the reason in the report's history.
    """
    response = _lock(response_id, version=version, by=by)
    why = _checked_reason(reason)
    changes = _changes(response, answers)
    if not changes:
        raise CorrectionRefused(_("The report says this already. Choose another answer to at least one question."))
    before = {asked.question.code: _code_of(asked, stored) for asked, stored, _fresh in changes}
    _store(response, changes, reason=why, by=by)
    after = {asked.question.code: _code_of(asked, fresh) for asked, _stored, fresh in changes}
    AuditEvent.record(
        by, "response.corrected", response, before={**before, "reason": None}, after={**after, "reason": why}
    )
    response_corrected.send(sender=SurveyResponse, response=response, by=by, reason=why)
    return response


def require_correctable(response: SurveyResponse) -> None:
    """Say no unless the report is approved and has answers."""
    if response.state not in CORRECT.sources:
        message = _("Only an approved report is corrected. This one is “%(state)s”.")
        raise TransitionNotAllowed(message % {"state": response.get_state_display()})
    if not response.is_answered:
        raise CorrectionRefused(_("Nobody answered this contact, so the report has no answers to correct."))


def _lock(key: int | UUID, *, version: int | None, by: User) -> SurveyResponse:
    """Fetch the report for update, or say why ``by`` cannot correct it now."""
    response = fetch_for_update(key)
    if not by.has_perm(CORRECT.permission, response):
        raise PermissionDenied
    require_correctable(response)
    if version is not None and version != response.version:
        message = _("Somebody has corrected the report since you opened it. Look at the answers as they are now.")
        raise ReportChanged(message)
    return response


def _checked_reason(reason: str) -> str:
    why = reason.replace("\x00", "").strip()
    if not why:
        raise CorrectionRefused(_("Write why the answer is corrected. The observer reads it."))
    if len(why) > LONGEST_REASON:
        message = _("The reason has %(length)s characters. Shorten it to %(most)s.")
        raise CorrectionRefused(message % {"length": len(why), "most": LONGEST_REASON})
    return why


# A question with the answer that is stored, if there is one, and the one that is to be.
Change = tuple[AskedQuestion, Answer | None, Answer]


def _changes(response: SurveyResponse, answers: Mapping[str, str | None]) -> list[Change]:
    stored = {answer.question_id: answer for answer in response.answers.filter(question__code__in=list(answers))}
    changes = []
    for code, value in answers.items():
        asked = _correctable(response, code)
        fresh, before = read_value(asked, value or ""), stored.get(asked.question.pk)
        if fresh.option_id != (before.option_id if before else None):
            changes.append((asked, before, fresh))
    return changes


def _correctable(response: SurveyResponse, code: str) -> AskedQuestion:
    """Return the question, or say why its answer is not a manager's to correct."""
    known = questionnaire_of(response.season).by_code.get(code)
    if known is not None and known.question.kind == QuestionKind.WAITING:
        message = _("The answer and waiting time is computed from the contact attempts. It cannot be corrected here.")
        raise CorrectionRefused(message)
    asked = asked_question(response, code)
    if asked.question.kind == QuestionKind.COMMENT:
        raise CorrectionRefused(_("Comments are the observer’s own words. They cannot be corrected here."))
    return asked


def _code_of(asked: AskedQuestion, answer: Answer | None) -> str | None:
    codes = {option.pk: option.code for option in asked.options}
    return codes[answer.option_id] if answer and answer.option_id else None


def _store(response: SurveyResponse, changes: Sequence[Change], *, reason: str, by: User) -> None:
    """Write the answers, the history and the packed form of the report."""
    numbers = unpack(response.packed or b"")
    asked = questionnaire_of(response.season).asked
    places = {item.question.pk: place for place, item in enumerate(asked)}
    revisions = []
    for item, before, fresh in changes:
        fresh.response, fresh.version = response, (before.version if before else 0) + 1
        revisions.append(AnswerRevision(**revision_fields(response, before, fresh, by=by), reason=reason))
        numbers[places[item.question.pk]] = -1 if fresh.option_id is None else item.number_by_option[fresh.option_id]
    Answer.objects.bulk_create(
        [fresh for _item, _before, fresh in changes],
        update_conflicts=True,
        unique_fields=["response", "question"],
        update_fields=["option", "version"],
    )
    AnswerRevision.objects.bulk_create(revisions)
    response.packed = pack(numbers)
    response.version += 1
    response.save(update_fields=["packed", "version"])
