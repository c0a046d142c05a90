"""The questionnaire of a season: areas, questions, options. The database refuses changes once the season opens."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from participants.models import Season


class QuestionKind(models.TextChoices):
    """What an answer counts for."""

    WAITING = "waiting", _("Waiting time, computed")
    SCORED = "scored", _("Scored")
    UNSCORED = "unscored", _("Unscored")
    CX = "cx", _("Customer experience")
    COMMENT = "comment", _("Comment")


def _in_language(thing: models.Model, field: str) -> str:
    """Return the field's text in the reader's language; Norwegian where the other is empty."""
    text: str = getattr(thing, f"{field}_{'en' if get_language() == 'en' else 'nb'}")
    return text or getattr(thing, f"{field}_nb")


class PerformanceArea(models.Model):
    """A group of performances that has its own score."""

    season = models.ForeignKey(Season, models.PROTECT, related_name="areas")
    code = models.SlugField(_("code"), max_length=30)
    name_nb = models.CharField(_("name (Norwegian)"), max_length=120)
    name_en = models.CharField(_("name (English)"), max_length=120, blank=True)
    intro_nb = models.TextField(_("introduction (Norwegian)"), blank=True)
    intro_en = models.TextField(_("introduction (English)"), blank=True)
    position = models.PositiveSmallIntegerField(_("position"))

    class Meta:
        verbose_name = _("performance area")
        verbose_name_plural = _("performance areas")
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["season", "code"], name="area_code_is_unique_in_a_season"),
        ]

    def __str__(self) -> str:
        return self.name_nb

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return _in_language(self, "name")

    @property
    def intro(self) -> str:
        """The introduction in the reader's language."""
        return _in_language(self, "intro")


class Question(models.Model):
    """One performance that an observer reports on, a CX question, or a comment."""

    season = models.ForeignKey(Season, models.PROTECT, related_name="questions")
    area = models.ForeignKey(PerformanceArea, models.PROTECT, related_name="questions", verbose_name=_("area"))
    code = models.SlugField(_("code"), max_length=40)
    kind = models.CharField(_("kind"), max_length=10, choices=QuestionKind)
    methods = models.JSONField(_("contact methods"), default=list)
    position = models.PositiveSmallIntegerField(_("position"))
    text_nb = models.TextField(_("text (Norwegian)"))
    text_en = models.TextField(_("text (English)"), blank=True)
    help_nb = models.TextField(_("help (Norwegian)"), blank=True)
    help_en = models.TextField(_("help (English)"), blank=True)
    is_adaptable = models.BooleanField(_("help is adapted to the participant"), default=False)

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["season", "code"], name="question_code_is_unique_in_a_season"),
            models.UniqueConstraint(fields=["season", "position"], name="question_position_is_unique_in_a_season"),
            models.CheckConstraint(condition=Q(kind__in=QuestionKind.values), name="question_kind_is_known"),
        ]

    def __str__(self) -> str:
        return self.text_nb[:80]

    @property
    def text(self) -> str:
        """The wording in the reader's language."""
        return _in_language(self, "text")

    @property
    def help(self) -> str:
        """The guidance in the reader's language."""
        return _in_language(self, "help")


class AnswerOption(models.Model):
    """One alternative of a question, with what it is worth."""

    question = models.ForeignKey(Question, models.PROTECT, related_name="options")
    code = models.SlugField(_("code"), max_length=30)
    label_nb = models.CharField(_("label (Norwegian)"), max_length=200)
    label_en = models.CharField(_("label (English)"), max_length=200, blank=True)
    points = models.PositiveSmallIntegerField(_("points"), default=0)
    is_not_applicable = models.BooleanField(_("not applicable"), default=False)
    value = models.IntegerField(_("value"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(_("position"))

    class Meta:
        verbose_name = _("answer option")
        verbose_name_plural = _("answer options")
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["question", "code"], name="option_code_is_unique_in_a_question"),
            models.UniqueConstraint(fields=["question", "position"], name="option_position_is_unique_in_a_question"),
            models.CheckConstraint(
                condition=Q(is_not_applicable=False) | Q(points=0), name="option_not_applicable_has_no_points"
            ),
        ]

    def __str__(self) -> str:
        return self.label_nb

    @property
    def label(self) -> str:
        """The label in the reader's language."""
        return _in_language(self, "label")
