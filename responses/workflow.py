"""The states of a report.

draft → submitted → approved
            ↓ ↑  ↘
         returned  rejected

An approved report stays approved when an answer in it is corrected.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ksp.lib.workflow import Transition


class ReportState(models.TextChoices):
    """Where a report stands."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    RETURNED = "returned", _("Returned")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")


REPORT = "responses.report_surveyresponse"
REVIEW = "responses.review_surveyresponse"
CORRECT_ANSWERS = "responses.correct_surveyresponse"

SUBMIT = Transition(
    verb="response.submitted",
    label=_("Submit"),
    sources=frozenset({ReportState.DRAFT, ReportState.RETURNED}),
    target=ReportState.SUBMITTED,
    permission=REPORT,
)
APPROVE = Transition(
    verb="response.approved",
    label=_("Approve"),
    sources=frozenset({ReportState.SUBMITTED}),
    target=ReportState.APPROVED,
    permission=REVIEW,
)
RETURN = Transition(
    verb="response.returned",
    label=_("Return"),
    sources=frozenset({ReportState.SUBMITTED}),
    target=ReportState.RETURNED,
    permission=REVIEW,
)
REJECT = Transition(
    verb="response.rejected",
    label=_("Reject"),
    sources=frozenset({ReportState.SUBMITTED, ReportState.RETURNED}),
    target=ReportState.REJECTED,
    permission=REVIEW,
)
# Changes answers and not the state, so it is none of the moves below.
CORRECT = Transition(
    verb="response.corrected",
    label=_("Correct an answer"),
    sources=frozenset({ReportState.APPROVED}),
    target=ReportState.APPROVED,
    permission=CORRECT_ANSWERS,
)

TRANSITIONS = {"submit": SUBMIT, "approve": APPROVE, "return": RETURN, "reject": REJECT}
# In these states the observer writes.
WRITABLE = frozenset({ReportState.DRAFT, ReportState.RETURNED})
