"""Every change to reports."""

from responses.services.answering import (
    AnswerChangedElsewhere,
    AnswersChangedElsewhere,
    UnknownAnswer,
    reply_to_note,
    save_answer,
    save_answers,
)
from responses.services.contacts import (
    AttemptRefused,
    correct_attempt,
    end_attempt,
    register_attempt,
    start_attempt,
    start_contact,
)
from responses.services.corrections import CorrectionRefused, correct_answers, require_correctable
from responses.services.locking import ReportChanged, SeasonNotOpen
from responses.services.reviewing import approve_response, reject_response, return_response
from responses.services.submission import ReportIncomplete, submit_response

__all__ = [
    "AnswerChangedElsewhere",
    "AnswersChangedElsewhere",
    "AttemptRefused",
    "CorrectionRefused",
    "ReportChanged",
    "ReportIncomplete",
    "SeasonNotOpen",
    "UnknownAnswer",
    "approve_response",
    "correct_answers",
    "correct_attempt",
    "end_attempt",
    "register_attempt",
    "reject_response",
    "reply_to_note",
    "require_correctable",
    "return_response",
    "save_answer",
    "save_answers",
    "start_attempt",
    "start_contact",
    "submit_response",
]
