"""Every change to assignments."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assignments import eligibility
from assignments.deadlines import answer_by
from assignments.desk import desk
from assignments.models import Assignment, ManualRead, RolePlay
from assignments.signals import assignment_changed, observers_concerned
from assignments.workflow import ACCEPT, CANCEL, DECLINE, EXPIRE, FINISH, OFFER, WITHDRAW, AssignmentState
from ksp.accounts.models import AuditEvent, User
from ksp.lib.errors import DomainError
from ksp.lib.weeks import IsoWeek
from ksp.lib.workflow import Transition, TransitionNotAllowed
from observers.models import Observer
from participants.models import AwardClass, Enrolment, Season
from participants.workflow import SeasonState

BY_HAND = "M-"


class ObserverNotEligible(DomainError):
    """A rule of eligibility says no; the message names every rule that does."""

    code: ClassVar[str] = "observer_not_eligible"


class ReasonMissing(DomainError):
    """A move that needs a reason came without one."""

    code: ClassVar[str] = "reason_missing"


class SeasonNotOpen(DomainError):
    """The season does not take new offers now."""

    code: ClassVar[str] = "season_not_open"


class CodeTaken(DomainError):
    """There is a role-play with this code in the season already."""

    code: ClassVar[str] = "code_taken"


class ClassPaused(DomainError):
    """The participant's class is paused."""

    code: ClassVar[str] = "class_paused"


class ManualNotRead(DomainError):
    """The observer has not said that they have read the season's manual."""

    code: ClassVar[str] = "manual_not_read"


class ContactBegun(DomainError):
    """The contact has been begun, and is for its observer to finish."""

    code: ClassVar[str] = "contact_begun"


class ContactImpossible(DomainError):
    """The contact cannot be made as it was described; the message says what does not fit."""

    code: ClassVar[str] = "contact_impossible"


def _lock(assignment_id: int, transition: Transition, *, by: User) -> Assignment:
    """Fetch the assignment for update, or say why ``by`` cannot make this move now."""
    rows = Assignment.objects.select_for_update(of=("self",))
    assignment = rows.select_related("season", "observer", "enrolment__award_class").get(pk=assignment_id)
    if not by.has_perm(transition.permission, assignment):
        raise PermissionDenied
    if assignment.state not in transition.sources:
        message = _("This assignment is already “%(state)s”. Reload the page.")
        raise TransitionNotAllowed(message % {"state": assignment.get_state_display()})
    return assignment


def _move(assignment: Assignment, transition: Transition, *, by: User, **fields: Any) -> Assignment:
    """Store the new state, record it, and announce it."""
    assignment.state = transition.target
    for name, value in fields.items():
        setattr(assignment, name, value)
    assignment.save(update_fields=["state", *fields])
    AuditEvent.record(by, transition.verb, assignment)
    assignment_changed.send(sender=Assignment, assignment=assignment, transition=transition)
    return assignment


def _announce(
    assignment: Assignment, transition: Transition, *, now: datetime | None, is_held: bool = False, by: User
) -> None:
    """Say what has come to, or been taken from, an observer."""
    observers_concerned.send(
        sender=Assignment,
        assignments=[assignment],
        transition=transition,
        by=by,
        now=now or timezone.now(),
        is_held=is_held,
    )


@transaction.atomic
def offer_assignment(
    assignment_id: int, *, observer_id: int, now: datetime | None = None, is_held: bool = False, by: User
) -> Assignment:
    """Give the contact to an observer whom every rule allows; their next letter says so."""
    assignment = _lock(assignment_id, OFFER, by=by)
    if assignment.season.state != SeasonState.OPEN:
        raise SeasonNotOpen(_("The season is not open. Open it before you offer assignments."))
    if assignment.enrolment.award_class.paused_at is not None:
        message = _("The class “%(name)s” is paused. Let it go on before you offer its assignments.")
        raise ClassPaused(message % {"name": assignment.enrolment.award_class})
    observer = Observer.objects.select_for_update(of=("self",)).select_related("user").get(pk=observer_id)
    if observer.organiser_id != assignment.season.organiser_id:
        raise PermissionDenied
    _check_eligible(assignment, observer)
    now = now or timezone.now()
    last = answer_by(assignment.week, method=assignment.method, settings=assignment.season.settings, now=now)
    _move(assignment, OFFER, by=by, observer=observer, offered_at=now, answer_by=last)
    _announce(assignment, OFFER, now=now, is_held=is_held, by=by)
    return assignment


def _check_eligible(assignment: Assignment, observer: Observer) -> None:
    (candidate,) = eligibility.candidates(assignment, [observer])
    if not candidate.is_eligible:
        reasons = " ".join(str(rule.sentence) for rule in candidate.refusals)
        message = _("%(observer)s cannot make this contact. %(reasons)s Choose another observer.")
        raise ObserverNotEligible(message % {"observer": observer, "reasons": reasons})


@transaction.atomic
def accept_assignment(assignment_id: int, *, now: datetime | None = None, by: User) -> Assignment:
    """The observer, who has read the manual, takes the contact on."""
    assignment = _lock(assignment_id, ACCEPT, by=by)
    check_may_accept([assignment])
    return _move(assignment, ACCEPT, by=by, answered_at=now or timezone.now())


def check_may_accept(assignments: Collection[Assignment]) -> None:
    """Refuse if one of the observers has left the season's team, or has a manual to read first."""
    for season in {item.season_id for item in assignments}:
        left = eligibility.who_left(season)
        if any(item.season_id == season and item.observer_id in left for item in assignments):
            raise ObserverNotEligible(_("You are no longer on the season’s team. Ask your project manager."))
    check_manual_is_read(assignments)


def check_manual_is_read(assignments: Collection[Assignment]) -> None:
    """Refuse if one of the observers has a manual to read first; a season without a manual asks for nothing."""
    seasons = Season.objects.filter(pk__in={item.season_id for item in assignments}).exclude(manual="")
    asking = set(seasons.values_list("pk", flat=True))
    wanted = {(item.season_id, item.observer_id) for item in assignments if item.season_id in asking}
    if not wanted:
        return
    observers = {observer for _season, observer in wanted if observer is not None}
    reads = ManualRead.objects.filter(season__in=asking, observer__in=observers)
    if wanted - set(reads.values_list("season_id", "observer_id")):
        raise ManualNotRead(_("Read the project manual first, and say at its end that you have read it."))


@transaction.atomic
def read_manual(season_id: int, *, now: datetime, by: User) -> ManualRead:
    """The observer has read the season's manual, and may accept contacts; saying it twice changes nothing."""
    season = Season.objects.get(pk=season_id)
    if not by.has_perm("assignments.confirm_manual", season):
        raise PermissionDenied
    observer = Observer.objects.get(user=by)
    read, is_new = ManualRead.objects.get_or_create(season=season, observer=observer, defaults={"read_at": now})
    if is_new:
        AuditEvent.record(by, "manual.read", season)
    return read


@transaction.atomic
def decline_assignment(assignment_id: int, *, reason: str, now: datetime | None = None, by: User) -> Assignment:
    """The observer says no, and why; the contact is planned anew, without an observer."""
    if not reason.strip():
        raise ReasonMissing(_("Say in a few words why you decline, so that we can plan better."))
    now = now or timezone.now()
    assignment = _lock(assignment_id, DECLINE, by=by)
    if desk().of_assignments([assignment.pk], now=now):
        raise ContactBegun(_("You have begun this contact. Ask your project manager if you cannot finish it."))
    _move(assignment, DECLINE, by=by, answered_at=now, decline_reason=reason.strip()[:300])
    plan_again(assignment, by=by)
    return assignment


@transaction.atomic
def withdraw_assignment(assignment_id: int, *, reason: str, now: datetime | None = None, by: User) -> Assignment:
    """Take the contact back from its observer, whose next letter says so; it is planned anew."""
    if not reason.strip():
        raise ReasonMissing(_("Say why the assignment is withdrawn; the observer sees it."))
    assignment = _lock(assignment_id, WITHDRAW, by=by)
    _move(assignment, WITHDRAW, by=by, decline_reason=reason.strip()[:300])
    _announce(assignment, WITHDRAW, now=now, by=by)
    plan_again(assignment, by=by)
    return assignment


@transaction.atomic
def expire_assignment(assignment_id: int, *, now: datetime | None = None, by: User) -> Assignment:
    """Let an offer that nobody answered lapse; the contact is planned anew."""
    assignment = _move(_lock(assignment_id, EXPIRE, by=by), EXPIRE, by=by)
    _announce(assignment, EXPIRE, now=now, by=by)
    plan_again(assignment, by=by)
    return assignment


@transaction.atomic
def cancel_assignment(assignment_id: int, *, now: datetime | None = None, by: User) -> Assignment:
    """The contact will not be made, and is not planned anew; an observer who knew of it is told."""
    assignment = _lock(assignment_id, CANCEL, by=by)
    was_known = assignment.state != AssignmentState.PLANNED
    _move(assignment, CANCEL, by=by)
    if was_known:
        _announce(assignment, CANCEL, now=now, by=by)
    return assignment


@transaction.atomic
def finish_assignment(assignment: Assignment, *, by: User) -> Assignment:
    """The report of the contact has been submitted: that event, which the caller records, ends the assignment."""
    if not by.has_perm(FINISH.permission, assignment):
        raise PermissionDenied
    rows = Assignment.objects.filter(pk=assignment.pk, state__in=FINISH.sources)
    if not rows.update(state=FINISH.target):
        raise TransitionNotAllowed(_("The assignment is no longer yours. Ask your project manager."))
    assignment.state = FINISH.target
    assignment_changed.send(sender=Assignment, assignment=assignment, transition=FINISH)
    return assignment


@transaction.atomic
def plan_again(assignment: Assignment, *, by: User) -> Assignment:
    """Return a new planned contact in the place of one that fell away; calling twice makes one."""
    found = Assignment.objects.filter(replaces=assignment).first()
    if found is not None:
        return found
    fresh = replacement_of(assignment)
    fresh.save(force_insert=True)
    AuditEvent.record(by, "assignment.planned_again", fresh, replaces=assignment.code)
    return fresh


def replacement_of(assignment: Assignment) -> Assignment:
    """Return the same contact, not yet written, with the next number and without an observer."""
    stem, _dot, number = assignment.code.partition(".")
    return Assignment(
        season=assignment.season,
        enrolment=assignment.enrolment,
        participant_id=assignment.participant_id,
        code=f"{stem}.{int(number or 1) + 1}",
        method=assignment.method,
        week=assignment.week,
        weekday=assignment.weekday,
        slot=assignment.slot,
        role_play_id=assignment.role_play_id,
        replaces=assignment,
    )


@transaction.atomic
def create_assignment(
    enrolment_id: int, *, method: str, week: str, role_play_id: int | None = None, by: User
) -> Assignment:
    """Plan one more contact by hand; without a role-play the first of the participant's class is taken."""
    enrolment = Enrolment.objects.select_related("season", "award_class", "participant").get(pk=enrolment_id)
    season = Season.objects.select_for_update().get(pk=enrolment.season_id)
    if not by.has_perm("assignments.plan_assignment", enrolment):
        raise PermissionDenied
    _check_possible(enrolment, method=method, week=week)
    role_plays = RolePlay.objects.filter(season=season, award_class=enrolment.award_class)
    role_play = role_plays.filter(pk=role_play_id).first() if role_play_id else role_plays.first()
    if role_play_id and role_play is None:
        raise ContactImpossible(_("The role-play belongs to another class. Choose one of the participant’s own class."))
    number = season.assignments.filter(code__startswith=BY_HAND, replaces=None).count() + 1
    assignment = Assignment.objects.create(
        season=season,
        enrolment=enrolment,
        participant=enrolment.participant,
        code=f"{BY_HAND}{number:04d}",
        method=method,
        week=week,
        role_play=role_play,
    )
    AuditEvent.record(by, "assignment.created", assignment, method=method, week=week)
    return assignment


def _check_possible(enrolment: Enrolment, *, method: str, week: str) -> None:
    """Say what does not fit, if the participant cannot be contacted like this."""
    season = enrolment.season
    if season.state in {SeasonState.CLOSED, SeasonState.PUBLISHED}:
        raise SeasonNotOpen(_("The season is closed. No more contacts can be planned in it."))
    if not IsoWeek.of(season.starts_on) <= IsoWeek.parse(week) <= IsoWeek.of(season.ends_on):
        raise ContactImpossible(_("The week lies outside the season. Choose another week."))
    if not enrolment.channels.filter(method=method).exists():
        message = _("%(participant)s has no such contact channel. Choose another contact method.")
        raise ContactImpossible(message % {"participant": enrolment.participant})


@transaction.atomic
def create_role_play(
    award_class_id: int, *, code: str, title: str, story: str, choosing: str = "", by: User
) -> RolePlay:
    """Write a role-play for the participants of a class."""
    award_class = AwardClass.objects.select_related("season").get(pk=award_class_id)
    if not by.has_perm("assignments.plan_assignment", award_class):
        raise PermissionDenied
    role_play = RolePlay.objects.create(
        season=award_class.season, award_class=award_class, code=code, title=title, story=story, choosing=choosing
    )
    AuditEvent.record(by, "role_play.created", role_play)
    return role_play


@transaction.atomic
def save_role_play(season_id: int, *, role_play_id: int | None, by: User, **fields: Any) -> RolePlay:
    """Write a role-play of the season, or change one; observers with an assignment see the new text at once."""
    season = Season.objects.select_for_update().get(pk=season_id)
    if not by.has_perm("assignments.plan_assignment", season):
        raise PermissionDenied
    namesakes = season.role_plays.filter(code__iexact=fields["code"])
    if any(one.pk != role_play_id for one in namesakes):
        raise CodeTaken(_("There is a role-play with this code already. Choose another code."))
    role_play = season.role_plays.get(pk=role_play_id) if role_play_id else RolePlay(season=season)
    for name, value in fields.items():
        setattr(role_play, name, value)
    role_play.save()
    AuditEvent.record(by, "role_play.changed" if role_play_id else "role_play.created", role_play)
    return role_play
