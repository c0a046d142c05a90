"""Role-plays and assignments."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assignments.workflow import MEETING, AssignmentState
from ksp.accounts.models import Role, User
from observers.models import Observer
from participants.models import STAFF, AwardClass, ContactMethod, Enrolment, Participant, Season


class RolePlay(models.Model):
    """The frame that an observer plays within; alike within a class."""

    season = models.ForeignKey(Season, models.PROTECT, related_name="role_plays")
    award_class = models.ForeignKey(AwardClass, models.PROTECT, related_name="role_plays", verbose_name=_("class"))
    code = models.CharField(_("code"), max_length=40)
    title = models.CharField(_("title"), max_length=150)
    story = models.TextField(_("the role-play"))
    choosing = models.TextField(_("how to choose"), blank=True)

    class Meta:
        verbose_name = _("role-play")
        verbose_name_plural = _("role-plays")
        ordering: ClassVar = ["code"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["season", "code"], name="role_play_code_is_unique_in_a_season"),
        ]

    def __str__(self) -> str:
        return self.title


# What an observer may see of the own assignments: what has been sent to them.
SEEN_BY_OBSERVER = (
    AssignmentState.OFFERED,
    AssignmentState.ACCEPTED,
    AssignmentState.DECLINED,
    AssignmentState.EXPIRED,
    AssignmentState.WITHDRAWN,
    AssignmentState.DONE,
)


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    """Questions about assignments."""

    def visible_to(self, user: User) -> "AssignmentQuerySet":
        """Return all of the organiser's for its staff, what was sent to an observer, else none."""
        if not user.is_active:
            return self.none()
        if user.role in STAFF:
            return self.filter(season__organiser=user.organiser_id)
        if user.role == Role.OBSERVER:
            return self.filter(observer__user=user, state__in=SEEN_BY_OBSERVER)
        return self.none()

    def planned_or_made(self) -> "AssignmentQuerySet":
        """Return those that have not fallen away, with an observer or without."""
        return self.filter(state__in=MEETING)

    def meeting(self) -> "AssignmentQuerySet":
        """Return those in which observer and participant meet, or have met."""
        return self.filter(state__in=MEETING, observer__isnull=False)


class Assignment(models.Model):
    """One contact that is to be made: participant, method, week, role-play, observer."""

    season = models.ForeignKey(Season, models.PROTECT, related_name="assignments")
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="assignments")
    participant = models.ForeignKey(Participant, models.PROTECT, related_name="assignments")
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(_("number"), max_length=40)
    method = models.CharField(_("contact method"), max_length=10, choices=ContactMethod)
    week = models.CharField(_("week"), max_length=8)
    weekday = models.PositiveSmallIntegerField(_("advised weekday"), null=True, blank=True)
    slot = models.CharField(_("advised time"), max_length=2, blank=True)
    role_play = models.ForeignKey(RolePlay, models.PROTECT, null=True, related_name="assignments")
    observer = models.ForeignKey(Observer, models.PROTECT, null=True, blank=True, related_name="assignments")
    state = models.CharField(_("state"), max_length=10, choices=AssignmentState, default=AssignmentState.PLANNED)
    offered_at = models.DateTimeField(null=True)
    answer_by = models.DateTimeField(_("answer by"), null=True, blank=True)
    answered_at = models.DateTimeField(null=True)
    decline_reason = models.CharField(_("why declined"), max_length=300, blank=True)
    replaces = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["season", "code"], name="assignment_number_is_unique_in_a_season"),
            models.UniqueConstraint(
                fields=["observer", "participant"],
                condition=Q(state__in=sorted(MEETING)),
                name="observer_meets_a_participant_once_ever",
            ),
            models.CheckConstraint(condition=Q(method__in=ContactMethod.values), name="assignment_method_is_known"),
            models.CheckConstraint(condition=Q(state__in=AssignmentState.values), name="assignment_state_is_known"),
            models.CheckConstraint(
                condition=Q(observer__isnull=False) | Q(state__in=[AssignmentState.PLANNED, AssignmentState.CANCELLED]),
                name="assignment_that_was_sent_has_an_observer",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["season", "week", "state"], name="assignment_by_week")]

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        """Return the manager's page of the assignment."""
        return reverse("assignments:detail", args=[self.public_id])


class ManualRead(models.Model):
    """An observer has said that they have read the season's manual."""

    season = models.ForeignKey(Season, models.CASCADE, related_name="manual_reads")
    observer = models.ForeignKey(Observer, models.CASCADE, related_name="manual_reads")
    read_at = models.DateTimeField(_("read"))

    class Meta:
        verbose_name = _("reading of the manual")
        verbose_name_plural = _("readings of the manual")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["season", "observer"], name="manual_is_read_once_in_a_season"),
        ]

    def __str__(self) -> str:
        return f"{self.observer}, {self.season.code}"
