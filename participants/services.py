"""Every change to seasons, classes, participants and enrolments."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ksp.accounts.models import AuditEvent, Organiser, User
from ksp.lib.errors import DomainError
from ksp.lib.workflow import Transition, TransitionNotAllowed
from participants.distribution import distribute
from participants.models import AwardClass, ContactChannel, Enrolment, Participant, Representative, Season
from participants.season_settings import SeasonSettings
from participants.signals import season_changed
from participants.workflow import CLOSE, OPEN, PAUSE, PUBLISH, RESUME


class SeasonNotReady(DomainError):
    """Something must be in place before the season can open."""

    code: ClassVar[str] = "season_not_ready"


class SeasonFrozen(DomainError):
    """The season has opened, and what was to be changed is fixed."""

    code: ClassVar[str] = "season_frozen"


class ReasonMissing(DomainError):
    """A move that needs a reason came without one."""

    code: ClassVar[str] = "reason_missing"


@transaction.atomic
def create_season(organiser: Organiser, *, code: str, name: str, starts_on: date, ends_on: date, by: User) -> Season:
    """Make a season in preparation, with the default settings."""
    if not by.has_perm("participants.change_season", organiser_owned(organiser)):
        raise PermissionDenied
    season = Season.objects.create(organiser=organiser, code=code, name=name, starts_on=starts_on, ends_on=ends_on)
    AuditEvent.record(by, "season.created", season)
    return season


def organiser_owned(organiser: Organiser) -> Season:
    """Return a season of the organiser that is not stored, to ask for permissions with."""
    return Season(organiser=organiser)


def _lock_season(season_id: int, transition: Transition, *, by: User) -> Season:
    season = Season.objects.select_for_update().get(pk=season_id)
    if not by.has_perm(transition.permission, season):
        raise PermissionDenied
    if season.state not in transition.sources:
        message = _("This season is already “%(state)s”. Reload the page.")
        raise TransitionNotAllowed(message % {"state": season.get_state_display()})
    return season


def _move(season: Season, transition: Transition, *, by: User, **fields: Any) -> Season:
    season.state = transition.target
    for name, value in fields.items():
        setattr(season, name, value)
    season.save(update_fields=["state", *fields])
    AuditEvent.record(by, transition.verb, season, **{k: v for k, v in fields.items() if isinstance(v, str)})
    season_changed.send(sender=Season, season=season, transition=transition)
    return season


@transaction.atomic
def open_season(season_id: int, *, by: User) -> Season:
    """Let the contacts begin: the questionnaire is frozen from now on."""
    season = _lock_season(season_id, OPEN, by=by)
    if season.settings.employees_informed == "block":
        lacking = season.enrolments.filter(employees_informed_on=None).count()
        if lacking:
            message = _("%(count)s participants have no record that their employees were informed. Add it first.")
            raise SeasonNotReady(message % {"count": lacking})
    return _move(season, OPEN, by=by, opened_at=timezone.now())


@transaction.atomic
def pause_season(season_id: int, *, reason: str, by: User) -> Season:
    """Stop contacts and submissions for a while, with a reason that observers read."""
    if not reason.strip():
        raise ReasonMissing(_("Write why the season is paused; observers read it."))
    return _move(_lock_season(season_id, PAUSE, by=by), PAUSE, by=by, pause_reason=reason.strip()[:250])


@transaction.atomic
def resume_season(season_id: int, *, by: User) -> Season:
    """Go on after a pause."""
    return _move(_lock_season(season_id, RESUME, by=by), RESUME, by=by, pause_reason="")


@transaction.atomic
def close_season(season_id: int, *, by: User) -> Season:
    """End the contacts: no further report can be submitted."""
    return _move(_lock_season(season_id, CLOSE, by=by), CLOSE, by=by, closed_at=timezone.now())


@transaction.atomic
def publish_season(season_id: int, *, by: User) -> Season:
    """Make the result list public."""
    return _move(_lock_season(season_id, PUBLISH, by=by), PUBLISH, by=by, published_at=timezone.now())


@transaction.atomic
def change_season_settings(season_id: int, *, settings: Mapping[str, Any], by: User) -> Season:
    """Store what the season decides for itself; what is fixed by opening or publishing stays."""
    season = Season.objects.select_for_update().get(pk=season_id)
    if not by.has_perm("participants.change_season", season):
        raise PermissionDenied
    if season.published_at is not None:
        raise SeasonFrozen(_("The results are published. The settings can no longer change."))
    before = season.settings.to_dict()
    season.stored_settings = SeasonSettings.from_dict({**before, **settings}).to_dict()
    season.save(update_fields=["stored_settings"])
    changed = {name: value for name, value in season.stored_settings.items() if before[name] != value}
    AuditEvent.record(by, "season.settings_changed", season, after=changed, before={k: before[k] for k in changed})
    return season


@transaction.atomic
def change_season(season_id: int, *, by: User, **fields: Any) -> Season:
    """Change the season's name, dates or manual."""
    season = Season.objects.select_for_update().get(pk=season_id)
    if not by.has_perm("participants.change_season", season):
        raise PermissionDenied
    for name, value in fields.items():
        setattr(season, name, value)
    season.full_clean(exclude=["stored_settings"])
    season.save(update_fields=list(fields))
    AuditEvent.record(by, "season.changed", season, fields=sorted(fields))
    return season


@transaction.atomic
def pause_class(class_id: int, *, reason: str, now: datetime | None, by: User) -> AwardClass:
    """Pause a class from ``now``, with a reason; without a time, let it go on."""
    award_class = AwardClass.objects.select_for_update().get(pk=class_id)
    if not by.has_perm("participants.pause_class", award_class):
        raise PermissionDenied
    if now is not None and not reason.strip():
        raise ReasonMissing(_("Write why the class is paused; observers read it."))
    award_class.paused_at, award_class.pause_reason = now, reason.strip()[:250] if now else ""
    award_class.save(update_fields=["paused_at", "pause_reason"])
    AuditEvent.record(by, "class.paused" if now else "class.resumed", award_class, reason=reason)
    return award_class


@transaction.atomic
def record_employees_informed(enrolment_id: int, *, informed_on: date | None, by: User) -> Enrolment:
    """Write down when the participant informed its employees about the survey."""
    enrolment = (
        Enrolment.objects.select_for_update(of=("self",)).select_related("season", "participant").get(pk=enrolment_id)
    )
    if not by.has_perm("participants.change_enrolment", enrolment):
        raise PermissionDenied
    enrolment.employees_informed_on = informed_on
    enrolment.save(update_fields=["employees_informed_on"])
    AuditEvent.record(by, "enrolment.employees_informed", enrolment, informed_on=str(informed_on or ""))
    return enrolment


@transaction.atomic
def add_representative(participant_id: int, *, user: User, by: User) -> Representative:
    """Let a person see what the participant bought; adding twice changes nothing."""
    participant = Participant.objects.get(pk=participant_id)
    if not by.has_perm("accounts.invite_user", participant):
        raise PermissionDenied
    link, is_new = Representative.objects.get_or_create(user=user, participant=participant)
    if is_new:
        AuditEvent.record(by, "participant.representative_added", participant, user=str(user.public_id))
    return link


def share_out_contacts(enrolment: Enrolment, channels: list[ContactChannel], *, settings: SeasonSettings) -> None:
    """Set on each unsaved or stored channel how many of the participant's contacts go by it."""
    parts = distribute(enrolment.planned_contacts, [channel.method for channel in channels], settings.method_weights)
    for channel in channels:
        channel.planned_contacts = parts.get(channel.method, 0)
