"""Stored scores of reports, participants, classes and the season; and the computations that are owed."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from participants.models import AwardClass, Enrolment, Season
from responses.models import SurveyResponse


class ResponseScore(models.Model):
    """What one approved report scored. ``areas`` holds points and possible points per scored area, as int32."""

    # Derived rows, replaced by the thousand: the database need not check each against its report again.
    response = models.OneToOneField(
        SurveyResponse, models.CASCADE, primary_key=True, db_constraint=False, related_name="score"
    )
    season = models.ForeignKey(Season, models.CASCADE, db_constraint=False, related_name="response_scores")
    points = models.PositiveIntegerField()
    possible = models.PositiveIntegerField()
    score = models.FloatField(_("score"), null=True)
    areas = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.response_id}: {self.points}/{self.possible}"


class Scope(models.TextChoices):
    """Whose summary it is."""

    PARTICIPANT = "participant", _("Participant")
    CLASS = "class", _("Class")
    SEASON = "season", _("Season")


class ScoreSummary(models.Model):
    """Results of a participant, a class or the season, on one method or (empty) on all.

    ``vector`` holds every number of the summary in the engine's layout. ``sums`` holds what it takes to go on from
    there without a rounding: of a participant the exact sums that ties rest on, of a class its participants added up.
    """

    season = models.ForeignKey(Season, models.CASCADE, db_constraint=False, related_name="summaries")
    scope = models.CharField(max_length=11, choices=Scope)
    enrolment = models.ForeignKey(
        Enrolment, models.CASCADE, null=True, db_constraint=False, db_index=False, related_name="summaries"
    )
    award_class = models.ForeignKey(
        AwardClass, models.CASCADE, null=True, db_constraint=False, db_index=False, related_name="summaries"
    )
    method = models.CharField(max_length=10, blank=True)
    contacts = models.PositiveIntegerField()
    answered = models.PositiveIntegerField()
    total = models.FloatField(null=True)
    answered_score = models.FloatField(null=True)
    rank_class = models.PositiveIntegerField(null=True)
    rank_overall = models.PositiveIntegerField(null=True)
    vector = models.BinaryField()
    sums = models.BinaryField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["enrolment", "method"],
                condition=Q(scope=Scope.PARTICIPANT),
                name="summary_of_a_participant_is_stored_once",
            ),
            models.UniqueConstraint(
                fields=["award_class", "method"],
                condition=Q(scope=Scope.CLASS),
                name="summary_of_a_class_is_stored_once",
            ),
            models.UniqueConstraint(
                fields=["season", "method"],
                condition=Q(scope=Scope.SEASON),
                name="summary_of_a_season_is_stored_once",
            ),
            models.CheckConstraint(
                condition=Q(scope=Scope.PARTICIPANT, enrolment__isnull=False, award_class__isnull=True)
                | Q(scope=Scope.CLASS, enrolment__isnull=True, award_class__isnull=False)
                | Q(scope=Scope.SEASON, enrolment__isnull=True, award_class__isnull=True),
                name="summary_belongs_to_its_scope",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.enrolment_id or self.award_class_id or self.season_id} {self.method}"


class ScoringState(models.Model):
    """When a season's scores were last computed; its row is the lock that computations queue for."""

    season = models.OneToOneField(Season, models.CASCADE, primary_key=True, related_name="scoring_state")
    computed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.season)


class RecomputeOwed(models.Model):
    """A participant's scores no longer follow from the approved reports; written in the transaction that causes it."""

    season = models.ForeignKey(Season, models.CASCADE, db_index=False, related_name="recomputes_owed")
    enrolment = models.ForeignKey(Enrolment, models.CASCADE, db_index=False, related_name="recomputes_owed")
    created_at = models.DateTimeField(auto_now_add=True)
    tries = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=250, blank=True)

    def __str__(self) -> str:
        return str(self.enrolment)


class SeasonStatistics(models.Model):
    """How certain a season's results are, and what they depend on: see ``scoring.statistics.figures``.

    ``scores_at`` is when the scores were computed that the figures rest on; they are out of date when those are newer.
    """

    season = models.OneToOneField(Season, models.CASCADE, primary_key=True, related_name="statistics")
    computed_at = models.DateTimeField()
    scores_at = models.DateTimeField(null=True)
    figures = models.JSONField()

    def __str__(self) -> str:
        return str(self.season)


class ScoreCheck(models.Model):
    """One comparison of the stored scores with what the approved reports gave then.

    ``reports`` and ``summaries`` are the rows compared; ``owed`` participants were passed over because their scores
    are to be computed anyway. ``details`` holds the first of the ``differences``, as ``scoring.checking`` writes them.
    """

    season = models.ForeignKey(Season, models.CASCADE, db_index=False, related_name="score_checks")
    checked_at = models.DateTimeField()
    reports = models.PositiveIntegerField()
    summaries = models.PositiveIntegerField()
    owed = models.PositiveIntegerField()
    differences = models.PositiveIntegerField()
    details = models.JSONField(default=list)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["season", "checked_at", "id"], name="score_check_by_time")]

    def __str__(self) -> str:
        return f"{self.season_id} {self.checked_at:%Y-%m-%d %H:%M}: {self.differences}"


class EnrolmentStatistics(models.Model):
    """How certain one participant's results are."""

    # Derived rows, like the scores: the database need not check each against its enrolment again.
    enrolment = models.OneToOneField(
        Enrolment, models.CASCADE, primary_key=True, db_constraint=False, related_name="statistics"
    )
    season = models.ForeignKey(Season, models.CASCADE, db_constraint=False, related_name="enrolment_statistics")
    figures = models.JSONField()

    def __str__(self) -> str:
        return str(self.enrolment_id)


class SisterResult(models.Model):
    """What a participant has in the sister survey of existing customers (NBK), 0–100; imported once a season."""

    enrolment = models.OneToOneField(Enrolment, models.PROTECT, primary_key=True, related_name="sister_result")
    score = models.FloatField(_("result"))
    standard_error = models.FloatField(_("standard error"), null=True)
    imported_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("NBK result")
        verbose_name_plural = _("NBK results")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(score__gte=0, score__lte=100), name="sister_result_is_a_percentage"),
            models.CheckConstraint(
                condition=Q(standard_error__isnull=True) | Q(standard_error__gte=0, standard_error__lte=100),
                name="sister_result_error_is_within_the_scale",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment_id}: {self.score}"
