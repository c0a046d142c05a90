"""Proposals for a season's plan: the contacts they hold, what they cost, and what became of them."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as text
from django.utils.translation import gettext_lazy as _

from assignments.models import Assignment, RolePlay
from assignments.plans.workflow import ProposalKind, ProposalState
from ksp.accounts.models import User
from observers.models import Observer
from participants.models import STAFF, ContactMethod, Enrolment, Participant, Season


class ProposalQuerySet(models.QuerySet["PlanProposal"]):
    """Questions about proposals."""

    def visible_to(self, user: User) -> "ProposalQuerySet":
        """Return the organiser's proposals, for its staff."""
        if user.is_active and user.role in STAFF:
            return self.filter(season__organiser=user.organiser_id)
        return self.none()


class PlanProposal(models.Model):
    """A plan that was computed, or is being: nothing of it holds before a manager approves it.

    ``progress`` is what the search last said, ``figures`` costs, bound and counts, ``shortages`` and ``relaxations``
    why contacts go without an observer and what would help, ``rests_on`` a fingerprint of all that the rules read.
    """

    season = models.ForeignKey(Season, models.PROTECT, related_name="proposals")
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.PositiveIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=6, choices=ProposalKind, default=ProposalKind.SEASON)
    state = models.CharField(_("state"), max_length=9, choices=ProposalState, default=ProposalState.WAITING)
    seed = models.PositiveIntegerField(_("seed"), default=1)
    time_limit = models.PositiveIntegerField(_("seconds at most"), default=30)
    weights = models.JSONField(default=dict)
    occasion = models.CharField(_("occasion"), max_length=250, blank=True)
    progress = models.JSONField(default=dict)
    figures = models.JSONField(default=dict)
    shortages = models.JSONField(default=list)
    relaxations = models.JSONField(default=list)
    rests_on = models.CharField(max_length=64, blank=True)
    error = models.CharField(max_length=250, blank=True)
    requested_by = models.ForeignKey(User, models.PROTECT, related_name="proposals")
    requested_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    cancel_asked_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    applied_at = models.DateTimeField(null=True)
    applied_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="applied_proposals")

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["season", "number"], name="proposal_is_numbered_once_in_a_season"),
            models.CheckConstraint(condition=Q(state__in=ProposalState.values), name="proposal_state_is_known"),
            models.CheckConstraint(condition=Q(kind__in=ProposalKind.values), name="proposal_kind_is_known"),
        ]

    def __str__(self) -> str:
        return text("Proposal %(number)s") % {"number": self.number}

    def get_absolute_url(self) -> str:
        """Return the page of the proposal."""
        return reverse("plans:proposal", args=[self.public_id])

    @property
    def occasion_in_words(self) -> str:
        """What it was made for, in the reader's language; nothing where it needed no occasion."""
        return text(self.occasion) if self.occasion else ""


class ProposedContact(models.Model):
    """One contact of a proposal; in a repair ``assignment`` is the one it changes, and ``before`` what that was.

    ``reasons`` hold under ``because`` the codes of why a change is needed, and under ``refused``, where there is no
    observer, how many observers each rule refuses first (``{"code": count}``).
    """

    proposal = models.ForeignKey(PlanProposal, models.CASCADE, related_name="contacts")
    number = models.PositiveIntegerField(_("number"))
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="proposed_contacts")
    participant = models.ForeignKey(Participant, models.PROTECT, related_name="proposed_contacts")
    method = models.CharField(_("contact method"), max_length=10, choices=ContactMethod)
    week = models.CharField(_("week"), max_length=8)
    weekday = models.PositiveSmallIntegerField(_("advised weekday"), null=True)
    slot = models.CharField(_("advised time"), max_length=2, blank=True)
    role_play = models.ForeignKey(RolePlay, models.PROTECT, null=True, related_name="proposed_contacts")
    observer = models.ForeignKey(Observer, models.PROTECT, null=True, related_name="proposed_contacts")
    is_locked = models.BooleanField(_("locked"), default=False)
    moved_by_hand = models.BooleanField(default=False)
    assignment = models.ForeignKey(Assignment, models.SET_NULL, null=True, related_name="proposed_changes")
    before = models.JSONField(null=True)
    reasons = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("proposed contact")
        verbose_name_plural = _("proposed contacts")
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["proposal", "number"], name="proposed_contact_is_numbered_once"),
            models.UniqueConstraint(
                fields=["proposal", "observer", "participant"],
                condition=Q(observer__isnull=False),
                name="proposed_observer_meets_a_participant_once",
            ),
            models.CheckConstraint(condition=Q(method__in=ContactMethod.values), name="proposed_method_is_known"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["proposal", "enrolment"], name="proposed_by_enrolment"),
            models.Index(fields=["proposal", "observer", "week"], name="proposed_by_observer"),
        ]

    def __str__(self) -> str:
        return f"{self.participant} {self.week}"
