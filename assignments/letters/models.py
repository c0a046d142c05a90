"""Letters to observers, the notices in them, and contacts that observers moved to another week."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assignments.letters.workflow import LetterState, NoticeKind
from assignments.models import Assignment
from assignments.workflow import AssignmentState
from ksp.accounts.models import OwedMail, User
from observers.models import Observer
from participants.models import STAFF, Season


class LetterQuerySet(models.QuerySet["Letter"]):
    """Questions about letters."""

    def visible_to(self, user: User) -> "LetterQuerySet":
        """Return the organiser's letters, for its staff."""
        if user.is_active and user.role in STAFF:
            return self.filter(season__organiser=user.organiser_id)
        return self.none()

    def open(self) -> "LetterQuerySet":
        """Return those that are neither sent nor dropped."""
        return self.filter(state=LetterState.OPEN)

    def held(self) -> "LetterQuerySet":
        """Return the open ones that wait for a manager."""
        return self.open().filter(is_held=True)


class Letter(models.Model):
    """All the news for one observer in a season, sent as one e-mail.

    An open letter takes up more news until it is sent: at ``send_at``, or, if it is held, when a manager says so.
    ``subject``, ``body`` and ``counts`` (notices by kind) are what was sent.
    """

    season = models.ForeignKey(Season, models.PROTECT, related_name="letters")
    observer = models.ForeignKey(Observer, models.PROTECT, related_name="letters")
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    state = models.CharField(_("state"), max_length=7, choices=LetterState, default=LetterState.OPEN)
    is_held = models.BooleanField(_("held back"), default=False)
    begun_at = models.DateTimeField(_("begun"))
    send_at = models.DateTimeField(_("is sent"))
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="closed_letters")
    drop_reason = models.CharField(_("why it was dropped"), max_length=300, blank=True)
    subject = models.CharField(_("subject"), max_length=250, blank=True)
    body = models.TextField(_("text"), blank=True)
    counts = models.JSONField(default=dict)
    mail = models.ForeignKey(OwedMail, models.SET_NULL, null=True, related_name="letters")

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["season", "observer"],
                condition=Q(state=LetterState.OPEN),
                name="observer_has_one_open_letter_in_a_season",
            ),
            models.CheckConstraint(condition=Q(state__in=LetterState.values), name="letter_state_is_known"),
            models.CheckConstraint(
                condition=Q(state=LetterState.OPEN, closed_at__isnull=True, closed_by__isnull=True)
                | Q(
                    state__in=[LetterState.SENT, LetterState.DROPPED],
                    closed_at__isnull=False,
                    closed_by__isnull=False,
                ),
                name="letter_is_closed_by_somebody",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["season", "state", "closed_at"], name="letter_by_season"),
            models.Index(fields=["send_at"], condition=Q(state=LetterState.OPEN, is_held=False), name="letter_due"),
        ]

    def __str__(self) -> str:
        return f"{self.observer}, {self.season.code}"

    def get_absolute_url(self) -> str:
        """Return the manager's page of the letter."""
        return reverse("letters:letter", args=[self.public_id])


# While an assignment is in one of these, such a notice is still news.
STILL_NEWS = {
    NoticeKind.OFFERED: frozenset({AssignmentState.OFFERED}),
    NoticeKind.EXPIRING: frozenset({AssignmentState.OFFERED}),
    NoticeKind.MOVED: frozenset({AssignmentState.OFFERED, AssignmentState.ACCEPTED}),
    NoticeKind.REMINDER: frozenset({AssignmentState.OFFERED, AssignmentState.ACCEPTED}),
    NoticeKind.WITHDRAWN: frozenset({AssignmentState.WITHDRAWN, AssignmentState.CANCELLED}),
    NoticeKind.EXPIRED: frozenset({AssignmentState.EXPIRED}),
}


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Questions about notices."""

    def current(self) -> "NoticeQuerySet":
        """Return those that have not been overtaken: an offer that was answered is no news."""
        holds = Q()
        for kind, states in STILL_NEWS.items():
            holds |= Q(kind=kind, assignment__state__in=sorted(states))
        return self.filter(holds)


class Notice(models.Model):
    """One piece of news about one assignment; ``week_before`` is where it was moved from."""

    letter = models.ForeignKey(Letter, models.CASCADE, related_name="notices")
    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="notices")
    kind = models.CharField(_("kind"), max_length=9, choices=NoticeKind)
    week_before = models.CharField(_("week before"), max_length=8, blank=True)
    noted_at = models.DateTimeField(_("noted"))
    noted_by = models.ForeignKey(User, models.PROTECT, related_name="notices")

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["letter", "assignment"], name="letter_tells_of_an_assignment_once"),
            models.CheckConstraint(condition=Q(kind__in=NoticeKind.values), name="notice_kind_is_known"),
        ]
        indexes: ClassVar = [models.Index(fields=["assignment", "kind", "noted_at"], name="notice_of_assignment")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.assignment}"


class WeekChange(models.Model):
    """An observer has moved an own contact to another week."""

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="week_changes")
    week_before = models.CharField(_("week before"), max_length=8)
    week = models.CharField(_("week"), max_length=8)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    changed_at = models.DateTimeField(_("moved"))
    changed_by = models.ForeignKey(User, models.PROTECT, related_name="week_changes")

    class Meta:
        verbose_name = _("move to another week")
        verbose_name_plural = _("moves to another week")
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.assignment}: {self.week_before} → {self.week}"
