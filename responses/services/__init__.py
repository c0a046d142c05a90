"""Every change to reports."""

from responses.services.answering import AnswerChangedElsewhere, UnknownAnswer, reply_to_note, save_answer
from responses.services.contacts import AttemptRefused, correct_attempt, end_attempt, start_attempt, start_contact
from responses.services.locking import ReportChanged
from responses.services.reviewing import approve_response, reject_response, return_response
from responses.services.submission import ReportIncomplete, submit_response

__all__ = [
    "AnswerChangedElsewhere",
    "AttemptRefused",
    "ReportChanged",
    "ReportIncomplete",
    "UnknownAnswer",
    "approve_response",
    "correct_attempt",
    "end_attempt",
    "reject_response",
    "reply_to_note",
    "return_response",
    "save_answer",
    "start_attempt",
    "start_contact",
    "submit_response",
]
