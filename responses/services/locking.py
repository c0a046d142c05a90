"""Fetches a report for a change, or says why the change cannot be made."""

from typing import ClassVar
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from ksp.accounts.models import User
from ksp.lib.errors import DomainError
from ksp.lib.formatting import moment
from ksp.lib.workflow import Transition, TransitionNotAllowed
from participants.workflow import SeasonState
from responses.models import SurveyResponse
from responses.workflow import REPORT, WRITABLE, ReportState


class ReportChanged(DomainError):
    """Somebody else changed or decided the report since the page was read."""

    code: ClassVar[str] = "report_changed"


class SeasonNotOpen(DomainError):
    """The season is paused or closed; what was typed stays."""

    code: ClassVar[str] = "season_not_open"


def fetch_for_update(key: int | UUID, *related: str) -> SurveyResponse:
    """Return the report, by its own or its public key, locked until the transaction ends, with what is ``related``."""
    rows = SurveyResponse.objects.select_for_update(of=("self",)).select_related("season", "observer", *related)
    rows = rows.defer("packed", "season__manual")
    return rows.get(public_id=key) if isinstance(key, UUID) else rows.get(pk=key)


def lock_for_move(response_id: int, transition: Transition, *, by: User, version: int | None = None) -> SurveyResponse:
    """Fetch the report for update, or say why ``by`` cannot make this move now.

    ``version`` is the one that the person has read; another one in the database is a conflict.
    """
    response = fetch_for_update(response_id, "observer__user", "reviewed_by", "assignment__observer")
    check_move(response, transition, by=by, version=version)
    return response


def check_move(response: SurveyResponse, transition: Transition, *, by: User, version: int | None = None) -> None:
    """Say why ``by`` cannot make this move with the locked report now, if so."""
    if not by.has_perm(transition.permission, response):
        raise PermissionDenied
    if version is not None and version != response.version:
        raise ReportChanged(_what_happened(response))
    if response.state not in transition.sources:
        message = _("This report is already “%(state)s”. Reload the page.")
        raise TransitionNotAllowed(message % {"state": response.get_state_display()})


def _what_happened(response: SurveyResponse) -> str:
    """Say who decided what and when."""
    sentences = {
        ReportState.APPROVED: _("%(name)s approved the report %(when)s. Your text is kept below."),
        ReportState.RETURNED: _("%(name)s returned the report %(when)s. Your text is kept below."),
        ReportState.REJECTED: _("%(name)s rejected the report %(when)s. Your text is kept below."),
    }
    sentence = sentences.get(ReportState(response.state))
    if sentence is None:
        return _("The report has changed since you opened it. Read it again. Your text is kept below.")
    return sentence % {"name": response.reviewed_by, "when": moment(response.reviewed_at)}


def lock_for_writing(response_id: int | UUID, *, by: User) -> SurveyResponse:
    """Fetch the observer's own report for update while it can be written in."""
    response = fetch_for_update(response_id)
    if not by.has_perm(REPORT, response):
        raise PermissionDenied
    if response.state not in WRITABLE:
        message = _("This report is already “%(state)s” and cannot be changed. Reload the page.")
        raise TransitionNotAllowed(message % {"state": response.get_state_display()})
    return response


def require_open_season(response: SurveyResponse) -> None:
    """Say no while the season is paused or closed."""
    season = response.season
    if season.state == SeasonState.PAUSED:
        message = _("The season is paused: %(reason)s What you have written is kept. Submit when it goes on.")
        raise SeasonNotOpen(message % {"reason": season.pause_reason})
    if season.state != SeasonState.OPEN:
        raise SeasonNotOpen(_("The season is not open. What you have written is kept. Ask your project manager."))
