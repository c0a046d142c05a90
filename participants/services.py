"""Every change to seasons, classes, participants and enrolments."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ksp.accounts.models import AuditEvent, Organiser, Role, User
from ksp.accounts.services import invite_user
from ksp.lib.errors import DomainError
from ksp.lib.workflow import Transition, TransitionNotAllowed
from participants.distribution import distribute
from participants.models import AwardClass, ContactChannel, Enrolment, Participant, Representative, Season
from participants.season_settings import FIXED_BY_OPENING, SeasonSettings
from participants.signals import channel_closed, class_changed, season_changed, season_settings_changed
from participants.workflow import CLOSE, OPEN, PAUSE, PUBLISH, RESUME, SeasonState


class SeasonNotReady(DomainError):
    """Something must be in place before the season can open."""

    code: ClassVar[str] = "season_not_ready"


class SeasonFrozen(DomainError):
    """The season has opened, and what was to be changed is fixed."""

    code: ClassVar[str] = "season_frozen"


class NameTaken(DomainError):
    """There is one with this name or code already."""

    code: ClassVar[str] = "name_taken"


class OtherRole(DomainError):
    """The person signs in for something else and cannot represent a participant too."""

    code: ClassVar[str] = "other_role"


class ReasonMissing(DomainError):
    """A move that needs a reason came without one."""

    code: ClassVar[str] = "reason_missing"


class LastChannel(DomainError):
    """The participant has no other way to be contacted."""

    code: ClassVar[str] = "last_channel"


@transaction.atomic
def create_season(organiser: Organiser, *, code: str, name: str, starts_on: date, ends_on: date, by: User) -> Season:
    """Make a season in preparation, with the default settings."""
    if not by.has_perm("participants.change_season", organiser_owned(organiser)):
        raise PermissionDenied
    if Season.objects.filter(organiser=organiser, code__iexact=code).exists():
        raise NameTaken(_("There is a season with the code %(code)s already. Choose another code.") % {"code": code})
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
    season_changed.send(sender=Season, season=season, transition=transition, by=by)
    return season


@transaction.atomic
def open_season(season_id: int, *, now: datetime | None = None, by: User) -> Season:
    """Let the contacts begin: the questionnaire is frozen from now on."""
    season = _lock_season(season_id, OPEN, by=by)
    if season.settings.employees_informed == "block":
        lacking = season.enrolments.filter(employees_informed_on=None).count()
        if lacking:
            message = _("%(count)s participants have no record that their employees were informed. Add it first.")
            raise SeasonNotReady(message % {"count": lacking})
    return _move(season, OPEN, by=by, opened_at=now or timezone.now())


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
def close_season(season_id: int, *, now: datetime | None = None, by: User) -> Season:
    """End the contacts: no further report can be submitted."""
    return _move(_lock_season(season_id, CLOSE, by=by), CLOSE, by=by, closed_at=now or timezone.now())


@transaction.atomic
def publish_season(season_id: int, *, now: datetime | None = None, by: User) -> Season:
    """Make the result list public."""
    return _move(_lock_season(season_id, PUBLISH, by=by), PUBLISH, by=by, published_at=now or timezone.now())


@transaction.atomic
def change_season_settings(season_id: int, *, settings: Mapping[str, Any], by: User) -> Season:
    """Store what the season decides for itself; what is fixed by opening or publishing stays."""
    season = Season.objects.select_for_update().get(pk=season_id)
    if not by.has_perm("participants.change_season", season):
        raise PermissionDenied
    if season.published_at is not None:
        raise SeasonFrozen(_("The results are published. The settings can no longer change."))
    before = season.settings.to_dict()
    after = SeasonSettings.from_dict({**before, **settings}).to_dict()
    changed = {name: value for name, value in after.items() if before[name] != value}
    if season.is_frozen and changed.keys() & FIXED_BY_OPENING:
        raise SeasonFrozen(_("Contacts are under way by the season’s rules. How they are made and timed stays."))
    season.stored_settings = after
    season.save(update_fields=["stored_settings"])
    AuditEvent.record(by, "season.settings_changed", season, after=changed, before={k: before[k] for k in changed})
    season_settings_changed.send(sender=Season, season=season, names=frozenset(changed))
    return season


@transaction.atomic
def change_season(season_id: int, *, by: User, **fields: Any) -> Season:
    """Change the season's name, dates or manual."""
    season = Season.objects.select_for_update().get(pk=season_id)
    if not by.has_perm("participants.change_season", season):
        raise PermissionDenied
    for name, value in fields.items():
        setattr(season, name, value)
    season.full_clean(exclude=["stored_settings", "opened_at", "closed_at", "published_at"])
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
    class_changed.send(sender=AwardClass, award_class=award_class, is_paused=now is not None, by=by)
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
def create_class(season_id: int, *, name: str, by: User) -> AwardClass:
    """Make a class in a season that is not over."""
    season = Season.objects.select_for_update().get(pk=season_id)
    if not by.has_perm("participants.change_season", season):
        raise PermissionDenied
    if season.state in {SeasonState.CLOSED, SeasonState.PUBLISHED}:
        raise SeasonFrozen(_("The season is closed. Its classes stay as they are."))
    if season.classes.filter(name__iexact=name).exists():
        raise NameTaken(_("There is a class “%(name)s” already. Choose another name.") % {"name": name})
    award_class = AwardClass.objects.create(season=season, name=name)
    AuditEvent.record(by, "class.created", award_class)
    return award_class


@transaction.atomic
def change_enrolment(enrolment_id: int, *, by: User, **fields: Any) -> Enrolment:
    """Change what a participant bought, who its contact is, when employees were informed, or its extra help."""
    rows = Enrolment.objects.select_for_update(of=("self",)).select_related("season", "participant")
    enrolment = rows.get(pk=enrolment_id)
    if not by.has_perm("participants.change_enrolment", enrolment):
        raise PermissionDenied
    before = {name: getattr(enrolment, name) for name in fields}
    changed = {name: value for name, value in fields.items() if before[name] != value}
    for name, value in changed.items():
        setattr(enrolment, name, value)
    enrolment.save(update_fields=list(changed))
    AuditEvent.record(
        by,
        "enrolment.changed",
        enrolment,
        before={name: str(before[name] or "") for name in changed},
        after={name: str(value or "") for name, value in changed.items()},
    )
    return enrolment


@transaction.atomic
def close_channel(channel_id: int, *, reason: str, by: User) -> Enrolment:
    """The participant is no longer contacted by this method; the key shares its contacts out on those that are left."""
    channel = ContactChannel.objects.select_related("enrolment__season", "enrolment__participant").get(pk=channel_id)
    enrolment = Enrolment.objects.select_for_update(of=("self",)).select_related("season").get(pk=channel.enrolment_id)
    if not by.has_perm("participants.change_enrolment", enrolment):
        raise PermissionDenied
    if not reason.strip():
        raise ReasonMissing(_("Write why the contact channel is no longer used."))
    if enrolment.season.state in {SeasonState.CLOSED, SeasonState.PUBLISHED}:
        raise SeasonFrozen(_("The season is closed. Its contact channels stay as they are."))
    left = list(enrolment.channels.exclude(pk=channel.pk))
    if not left:
        raise LastChannel(_("It is the participant’s only contact channel. Add another one first."))
    method, planned = channel.method, channel.planned_contacts
    channel.delete()
    share_out_contacts(enrolment, left, settings=enrolment.season.settings)
    ContactChannel.objects.bulk_update(left, ["planned_contacts"])
    AuditEvent.record(by, "channel.closed", enrolment, method=method, planned=planned, reason=reason.strip()[:250])
    channel_closed.send(sender=Enrolment, enrolment=enrolment, method=method, by=by)
    return enrolment


@transaction.atomic
def add_representative(participant_id: int, *, user: User, by: User) -> Representative:
    """Let a person see what the participant bought; adding twice changes nothing."""
    participant = Participant.objects.get(pk=participant_id)
    if not by.has_perm("accounts.invite_user", participant) or user.organiser_id != participant.organiser_id:
        raise PermissionDenied
    if user.role != Role.PARTICIPANT:
        message = _("%(name)s signs in as %(role)s here. Use another e-mail address for the participant.")
        raise OtherRole(message % {"name": user, "role": user.get_role_display()})
    link, is_new = Representative.objects.get_or_create(user=user, participant=participant)
    if is_new:
        AuditEvent.record(by, "participant.representative_added", participant, user=str(user.public_id))
    return link


@transaction.atomic
def invite_representative(participant_id: int, *, email: str, name: str, by: User) -> User:
    """Let the person with this address see what the participant bought; without an account they are invited."""
    user = User.objects.filter(email__iexact=email, organiser=by.organiser_id).first()
    if user is not None:
        add_representative(participant_id, user=user, by=by)
        return user
    participant = Participant.objects.get(pk=participant_id)
    return invite_user(by=by, email=email, name=name, role=Role.PARTICIPANT, stands_for=participant)


@transaction.atomic
def remove_representative(participant_id: int, *, user: User, by: User) -> None:
    """The person no longer sees anything of the participant, from the next click on."""
    participant = Participant.objects.get(pk=participant_id)
    if not by.has_perm("accounts.invite_user", participant):
        raise PermissionDenied
    removed, _by_model = Representative.objects.filter(user=user, participant=participant).delete()
    if removed:
        AuditEvent.record(by, "participant.representative_removed", participant, user=str(user.public_id))


def share_out_contacts(enrolment: Enrolment, channels: list[ContactChannel], *, settings: SeasonSettings) -> None:
    """Set on each unsaved or stored channel how many of the participant's contacts go by it."""
    parts = distribute(enrolment.planned_contacts, [channel.method for channel in channels], settings.method_weights)
    for channel in channels:
        channel.planned_contacts = parts.get(channel.method, 0)
