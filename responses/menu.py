"""What reports put into the menu: how many wait to be read."""

from django.http import HttpRequest  # noqa: TID251 -- the menu counts for a request

from participants.models import STAFF
from responses.models import SurveyResponse
from responses.workflow import ReportState

KNOWN = "waiting_reports"


def remember_waiting(request: HttpRequest, count: int) -> None:
    """Let the menu of this page show a count that the page has read already."""
    vars(request)[KNOWN] = count


def waiting(request: HttpRequest) -> int:
    """Count for the menu the reports that a project manager has to read."""
    known: int | None = getattr(request, KNOWN, None)
    if known is not None:
        return known
    user = request.user
    if not user.is_authenticated or user.role not in STAFF:
        return 0
    return SurveyResponse.objects.visible_to(user).filter(state=ReportState.SUBMITTED).count()
