"""What observers do with their applications: write, send, withdraw."""

from datetime import datetime
from typing import ClassVar

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from ksp.accounts.models import AuditEvent, User
from ksp.lib.errors import DomainError
from ksp.lib.workflow import Transition, TransitionNotAllowed
from observers.applications.contents import Ties, Work
from observers.applications.models import Application, ClassDeclaration, DeclaredRelation
from observers.applications.periods import offered_weeks, takes_applications
from observers.applications.selectors.own import gaps_of
from observers.applications.workflow import APPLY, SUBMIT, WITHDRAW, ApplicationState
from observers.models import Observer
from participants.models import ContactMethod, Enrolment, Season

# What can still be written in.
WRITABLE = SUBMIT.sources


class ApplicationIncomplete(DomainError):
    """Something must be answered before the application can be sent."""

    code: ClassVar[str] = "application_incomplete"


class ApplicationsClosed(DomainError):
    """The season takes no applications now."""

    code: ClassVar[str] = "applications_closed"


@transaction.atomic
def save_application(
    season_id: int,
    observer_id: int,
    *,
    work: Work | None = None,
    ties: Ties | None = None,
    by: User,
    now: datetime,
) -> Application:
    """Keep what the observer has written so far, one part or both; the first time the application comes into being."""
    application = _own(season_id, observer_id, by=by, now=now)
    if work is not None:
        _write_work(application, work)
    if ties is not None:
        _write_ties(application, ties)
    application.save()
    return application


def _own(season_id: int, observer_id: int, *, by: User, now: datetime) -> Application:
    """Lock the observer's application, or begin one; refuse where the season or its state does not allow it."""
    application = _locked(season_id, observer_id) or _begun(season_id, observer_id)
    if not by.has_perm(APPLY, application):
        raise PermissionDenied
    _check_open(application.season, now=now)
    if application.state not in WRITABLE:
        raise TransitionNotAllowed(_why_closed(application))
    if application._state.adding:
        application.save(force_insert=True)
        AuditEvent.record(by, "application.created", application)
    return application


def _locked(season_id: int, observer_id: int) -> Application | None:
    rows = Application.objects.select_for_update(of=("self",)).select_related("season", "observer")
    return rows.filter(season=season_id, observer=observer_id).first()


def _begun(season_id: int, observer_id: int) -> Application:
    """Return a new application; of two that are begun at once the second waits, and finds the first."""
    observer = Observer.objects.select_for_update(of=("self",)).get(pk=observer_id)
    season = Season.objects.get(pk=season_id, organiser=observer.organiser_id)
    return _locked(season_id, observer_id) or Application(season=season, observer=observer)


def _why_closed(application: Application) -> str:
    if application.state == ApplicationState.SUBMITTED:
        return _("The application is sent. Withdraw it if you want to change something.")
    return _("The application is decided, and can no longer be changed.")


def _check_open(season: Season, *, now: datetime) -> None:
    if not takes_applications(season, today=localdate(now)):
        raise ApplicationsClosed(_("%(season)s does not take applications now.") % {"season": season})


def _write_work(application: Application, work: Work) -> None:
    offered = [week.week for week in offered_weeks(application.season)]
    application.methods = [method for method in ContactMethod.values if method in work.methods]
    application.weeks = [week for week in offered if week in work.weeks]
    application.weekly_capacity, application.season_capacity = work.weekly_capacity, work.season_capacity
    application.county, application.about = work.county, work.about


def _write_ties(application: Application, ties: Ties) -> None:
    """Replace what was declared; a class with somebody ticked is gone through, and nobody is “none of these” there."""
    classes = dict(Enrolment.objects.filter(season=application.season_id).values_list("participant", "award_class"))
    tied = {key: kind for key, kind in ties.kinds.items() if key in classes}
    with_ties = {classes[key] for key in tied}
    none_in = (set(ties.none_in) & set(classes.values())) - with_ties
    application.relations.all().delete()
    application.declarations.all().delete()
    DeclaredRelation.objects.bulk_create(
        DeclaredRelation(application=application, participant_id=key, kind=kind) for key, kind in tied.items()
    )
    ClassDeclaration.objects.bulk_create(
        ClassDeclaration(application=application, award_class_id=key, has_none=key in none_in)
        for key in sorted(with_ties | none_in)
    )


@transaction.atomic
def submit_application(application_id: int, *, by: User, now: datetime) -> Application:
    """Send the application to the organiser; every class must be answered, and something offered."""
    application = _lock(application_id, SUBMIT, by=by)
    _check_open(application.season, now=now)
    gaps = gaps_of(application)
    if gaps:
        raise ApplicationIncomplete(" ".join(str(gap.text) for gap in gaps))
    application.state, application.submitted_at = SUBMIT.target, now
    application.save(update_fields=["state", "submitted_at", "changed_at"])
    AuditEvent.record(by, SUBMIT.verb, application)
    return application


@transaction.atomic
def withdraw_application(application_id: int, *, by: User) -> Application:
    """Take the application back; it can be changed and sent again."""
    application = _lock(application_id, WITHDRAW, by=by)
    application.state = WITHDRAW.target
    application.save(update_fields=["state", "changed_at"])
    AuditEvent.record(by, WITHDRAW.verb, application)
    return application


def _lock(application_id: int, transition: Transition, *, by: User) -> Application:
    rows = Application.objects.select_for_update(of=("self",)).select_related("season", "observer")
    application = rows.get(pk=application_id)
    if not by.has_perm(transition.permission, application):
        raise PermissionDenied
    if application.state not in transition.sources:
        message = _("This application is already “%(state)s”. Reload the page.")
        raise TransitionNotAllowed(message % {"state": ApplicationState(application.state).label})
    return application
