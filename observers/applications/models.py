"""Observers' applications for a season, what they declare about participants, and who is on the season's team."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ksp.accounts.models import Role, User
from observers.applications.workflow import ApplicationState
from observers.models import Observer
from participants.models import STAFF, AwardClass, Participant, Season


class RelationKind(models.TextChoices):
    """How an observer is tied to a participant."""

    CUSTOMER = "customer", _("Customer")
    REGISTERED = "registered", _("Registered in another way")


class ApplicationQuerySet(models.QuerySet["Application"]):
    """Questions about applications."""

    def visible_to(self, user: User) -> "ApplicationQuerySet":
        """Return all that were sent to the organiser for its staff, an observer's own, else none."""
        if not user.is_active:
            return self.none()
        if user.role in STAFF:
            return self.filter(season__organiser=user.organiser_id).exclude(state=ApplicationState.DRAFT)
        if user.role == Role.OBSERVER:
            return self.filter(observer__user=user)
        return self.none()


class Application(models.Model):
    """What an observer offers a season: methods, weeks (``2021-W48``), how much of both, and from where."""

    season = models.ForeignKey(Season, models.PROTECT, related_name="applications")
    observer = models.ForeignKey(Observer, models.CASCADE, related_name="applications")
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    state = models.CharField(_("state"), max_length=9, choices=ApplicationState, default=ApplicationState.DRAFT)
    methods = models.JSONField(_("contact methods"), default=list)
    weeks = models.JSONField(_("available weeks"), default=list)
    weekly_capacity = models.PositiveSmallIntegerField(_("contacts a week at most"), default=4)
    season_capacity = models.PositiveSmallIntegerField(_("contacts a season at most"), null=True, blank=True)
    county = models.CharField(_("county"), max_length=40, blank=True)
    about = models.TextField(_("what we should know"), blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    submitted_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="decided_applications")
    decision_reason = models.CharField(_("why"), max_length=300, blank=True)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        ordering: ClassVar = ["-submitted_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["season", "observer"], name="observer_applies_once_for_a_season"),
            models.CheckConstraint(condition=Q(state__in=ApplicationState.values), name="application_state_is_known"),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, decided_by__isnull=True)
                | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="application_is_decided_by_somebody",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["season", "state"], name="application_by_state")]

    def __str__(self) -> str:
        return f"{self.observer}, {self.season.code}"

    def get_absolute_url(self) -> str:
        """Return the manager's page of the application."""
        return reverse("applications:detail", args=[self.public_id])


class ClassDeclaration(models.Model):
    """The observer has gone through a class's participants; ``has_none`` says that they are tied to none of them."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="declarations")
    award_class = models.ForeignKey(AwardClass, models.CASCADE, related_name="declarations")
    has_none = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["application", "award_class"], name="class_is_declared_once"),
        ]

    def __str__(self) -> str:
        return f"{self.application}: {self.award_class}"


class DeclaredRelation(models.Model):
    """A participant that the observer says in the application to be tied to."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="relations")
    participant = models.ForeignKey(Participant, models.CASCADE, related_name="declared_relations")
    kind = models.CharField(_("kind"), max_length=10, choices=RelationKind, default=RelationKind.CUSTOMER)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["application", "participant"], name="relation_is_declared_once"),
        ]

    def __str__(self) -> str:
        return f"{self.application}: {self.participant}"


class TeamMemberQuerySet(models.QuerySet["TeamMember"]):
    """Questions about a season's team."""

    def visible_to(self, user: User) -> "TeamMemberQuerySet":
        """Return the organiser's teams for its staff, an observer's own places, else none."""
        if not user.is_active:
            return self.none()
        if user.role in STAFF:
            return self.filter(season__organiser=user.organiser_id)
        if user.role == Role.OBSERVER:
            return self.filter(observer__user=user)
        return self.none()

    def current(self) -> "TeamMemberQuerySet":
        """Return those who have not left."""
        return self.filter(left_at__isnull=True)


class TeamMember(models.Model):
    """An observer is on a season's team, until they leave it."""

    season = models.ForeignKey(Season, models.PROTECT, related_name="team")
    observer = models.ForeignKey(Observer, models.PROTECT, related_name="teams")
    joined_at = models.DateTimeField(auto_now_add=True)
    added_by = models.ForeignKey(User, models.PROTECT, related_name="added_team_members")
    left_at = models.DateTimeField(null=True, blank=True)
    left_reason = models.CharField(_("why they left"), max_length=300, blank=True)

    objects = TeamMemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("member of the team")
        verbose_name_plural = _("members of the team")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["season", "observer"], name="observer_is_on_a_team_once"),
        ]

    def __str__(self) -> str:
        return f"{self.observer}, {self.season.code}"
