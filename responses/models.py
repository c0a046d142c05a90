"""Reports, their attempts, answers and history, and what managers said about them."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assignments.models import Assignment
from ksp.accounts.models import Role, User
from observers.models import Observer
from participants.models import STAFF, ContactMethod, Enrolment, Package, Season
from responses.questionnaires.models import AnswerOption, Question
from responses.workflow import ReportState


class SurveyResponseQuerySet(models.QuerySet["SurveyResponse"]):
    """Questions about reports."""

    def visible_to(self, user: User) -> "SurveyResponseQuerySet":
        """Return the organiser's for its staff, an observer's own, and a participant's approved ones if bought."""
        if not user.is_active:
            return self.none()
        if user.role in STAFF:
            return self.filter(season__organiser=user.organiser_id)
        if user.role == Role.OBSERVER:
            return self.filter(observer__user=user)
        if user.role == Role.PARTICIPANT:
            return self.filter(
                state=ReportState.APPROVED,
                enrolment__participant__representatives__user=user,
                enrolment__package__in=[Package.SIMPLE, Package.COMPETITOR],
            )
        return self.none()

    def approved(self) -> "SurveyResponseQuerySet":
        """Return the reports that count."""
        return self.filter(state=ReportState.APPROVED)

    def waiting_for_review(self) -> "SurveyResponseQuerySet":
        """Return the submitted reports, the oldest first."""
        return self.filter(state=ReportState.SUBMITTED).order_by("submitted_at", "pk")


class SurveyResponse(models.Model):
    """An observer's report of one contact."""

    assignment = models.OneToOneField(Assignment, models.PROTECT, related_name="response")
    season = models.ForeignKey(Season, models.PROTECT, related_name="responses")
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="responses")
    observer = models.ForeignKey(Observer, models.PROTECT, related_name="responses")
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(_("number"), max_length=40)
    method = models.CharField(_("contact method"), max_length=10, choices=ContactMethod)
    week = models.CharField(_("week"), max_length=8)
    state = models.CharField(_("state"), max_length=10, choices=ReportState, default=ReportState.DRAFT)
    version = models.PositiveIntegerField(default=1)
    is_answered = models.BooleanField(_("answered"), null=True)
    waiting_option = models.ForeignKey(AnswerOption, models.PROTECT, null=True, related_name="+")
    packed = models.BinaryField(null=True)
    submission_key = models.UUIDField(null=True, unique=True)
    started_at = models.DateTimeField(default=timezone.now)
    submitted_at = models.DateTimeField(_("submitted"), null=True)
    first_submitted_at = models.DateTimeField(null=True)
    reviewed_at = models.DateTimeField(_("reviewed"), null=True)
    reviewed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="reviewed_responses")
    verdict = models.TextField(_("why"), blank=True)

    objects = SurveyResponseQuerySet.as_manager()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["season", "code"], name="response_number_is_unique_in_a_season"),
            models.CheckConstraint(condition=Q(state__in=ReportState.values), name="response_state_is_known"),
            models.CheckConstraint(
                condition=Q(reviewed_at__isnull=True, reviewed_by__isnull=True)
                | Q(reviewed_at__isnull=False, reviewed_by__isnull=False),
                name="response_review_has_time_and_person",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[ReportState.APPROVED, ReportState.REJECTED]) | Q(reviewed_at__isnull=False),
                name="response_approved_only_by_review",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[ReportState.SUBMITTED, ReportState.APPROVED])
                | Q(submitted_at__isnull=False, packed__isnull=False, is_answered__isnull=False),
                name="response_submitted_is_complete",
            ),
        ]
        indexes: ClassVar = [
            # The queue reads its pages and counts from these alone; each ends in what parts equal moments.
            models.Index(fields=["season", "state", "submitted_at", "id"], name="response_in_queue"),
            models.Index(fields=["season", "state", "reviewed_at", "id"], name="response_by_decision"),
            models.Index(fields=["season", "submitted_at", "id"], name="response_by_submission"),
            models.Index(fields=["enrolment", "state"], name="response_by_enrolment"),
            models.Index(fields=["observer", "state", "submitted_at"], name="response_by_observer"),
        ]

    def __str__(self) -> str:
        return self.code


class AttemptOutcome(models.TextChoices):
    """How one attempt ended."""

    RUNNING = "running", _("Under way")
    ANSWERED = "answered", _("Answered")
    NO_ANSWER = "no_answer", _("No answer")


class ContactAttempt(models.Model):
    """One try at reaching the centre, with its times."""

    response = models.ForeignKey(SurveyResponse, models.CASCADE, related_name="attempts")
    number = models.PositiveSmallIntegerField(_("number"))
    started_at = models.DateTimeField(_("started"))
    answered_at = models.DateTimeField(_("answered"), null=True)
    ended_at = models.DateTimeField(_("given up"), null=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=AttemptOutcome, default=AttemptOutcome.RUNNING)
    is_typed = models.BooleanField(_("time typed by hand"), default=False)

    class Meta:
        verbose_name = _("contact attempt")
        verbose_name_plural = _("contact attempts")
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["response", "number"], name="attempt_number_is_unique_in_a_report"),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True) | Q(answered_at__gte=models.F("started_at")),
                name="attempt_is_answered_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(outcome=AttemptOutcome.ANSWERED, answered_at__isnull=False)
                | (~Q(outcome=AttemptOutcome.ANSWERED) & Q(answered_at__isnull=True)),
                name="attempt_answered_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.response} #{self.number}"


class Answer(models.Model):
    """What the report says to one question: an option, or a comment's text."""

    response = models.ForeignKey(SurveyResponse, models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, models.PROTECT, related_name="answers")
    option = models.ForeignKey(AnswerOption, models.PROTECT, null=True, related_name="answers")
    text = models.TextField(_("comment"), blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["response", "question"], name="question_is_answered_once_in_a_report"),
            models.CheckConstraint(condition=Q(option__isnull=True) | Q(text=""), name="answer_is_option_or_text"),
        ]

    def __str__(self) -> str:
        return f"{self.response} {self.question_id}"


class AnswerRevision(models.Model):
    """One change of an answer: who, when, old, new and why; never changed, never deleted."""

    response = models.ForeignKey(SurveyResponse, models.CASCADE, related_name="revisions")
    question = models.ForeignKey(Question, models.PROTECT, related_name="+")
    old_option = models.ForeignKey(AnswerOption, models.PROTECT, null=True, related_name="+")
    new_option = models.ForeignKey(AnswerOption, models.PROTECT, null=True, related_name="+")
    old_text = models.TextField(blank=True)
    new_text = models.TextField(blank=True)
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    after_submission = models.BooleanField(default=False)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        indexes: ClassVar = [models.Index(fields=["response", "question"], name="revision_by_question")]

    def __str__(self) -> str:
        return f"{self.response} {self.question_id}"


class ReviewNote(models.Model):
    """What a manager asks about one question when a report goes back, and what the observer says to it."""

    response = models.ForeignKey(SurveyResponse, models.CASCADE, related_name="notes")
    question = models.ForeignKey(Question, models.PROTECT, null=True, related_name="+")
    text = models.TextField(_("to the observer"))
    reply = models.TextField(_("the observer's reply"), blank=True)
    written_by = models.ForeignKey(User, models.PROTECT, related_name="review_notes")
    written_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("review note")
        verbose_name_plural = _("review notes")
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return self.text[:80]


class Grade(models.Model):
    """How well the observer did the work, 0–4 on four aspects; given when the report is approved."""

    response = models.OneToOneField(SurveyResponse, models.CASCADE, primary_key=True, related_name="grade")
    content = models.PositiveSmallIntegerField(_("content"))
    instructions = models.PositiveSmallIntegerField(_("followed the instructions"))
    language = models.PositiveSmallIntegerField(_("language"))
    punctuality = models.PositiveSmallIntegerField(_("delivered on time"))

    class Meta:
        verbose_name = _("grade")
        verbose_name_plural = _("grades")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(content__lte=4, instructions__lte=4, language__lte=4, punctuality__lte=4),
                name="grade_is_four_at_most",
            ),
        ]

    def __str__(self) -> str:
        return str(self.response)
