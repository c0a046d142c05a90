"""What was published: every version of a season's results as it was frozen, and whether it still follows."""

from typing import ClassVar

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from ksp.accounts.models import User
from participants.models import Season
from participants.workflow import SeasonState


class PublicationQuerySet(models.QuerySet["Publication"]):
    """Questions about versions of results."""

    def visible_to(self, user: User) -> "PublicationQuerySet":
        """Return the versions of the person's own organiser: they are public."""
        return self.filter(season__organiser=user.organiser_id) if user.is_active else self.none()

    def latest(self) -> "PublicationQuerySet":  # type: ignore[override]  # of every season, and as a set to go on from
        """Return of every season the version that counts."""
        later = Publication.objects.filter(season=OuterRef("season"), version__gt=OuterRef("version"))
        return self.filter(~Exists(later))

    def without_results(self) -> "PublicationQuerySet":
        """Leave the large columns in the database until somebody asks for them."""
        return self.defer("results", "rests_on")


class Publication(models.Model):
    """One numbered version of a season's results; never changed, never deleted.

    ``results`` is the whole object that ``export_results`` gives. ``fingerprint`` covers it together with the three
    fingerprints beside it and the version of the code. ``changes`` says what moved since the version before, and why.
    ``rests_on`` holds the fingerprint of every participant's answers, and the corrections that are in them.
    """

    season = models.ForeignKey(Season, models.PROTECT, related_name="publications")
    version = models.PositiveIntegerField(_("version"))
    published_at = models.DateTimeField(_("published"))
    published_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    reason = models.TextField(_("why"), blank=True)
    code_version = models.CharField(max_length=100)
    answers_fingerprint = models.CharField(max_length=64)
    questionnaire_fingerprint = models.CharField(max_length=64)
    rules_fingerprint = models.CharField(max_length=64)
    fingerprint = models.CharField(_("fingerprint"), max_length=64)
    results = models.JSONField()
    changes = models.JSONField(default=list)
    rests_on = models.JSONField(default=dict)

    objects = PublicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of the results")
        verbose_name_plural = _("versions of the results")
        ordering: ClassVar = ["season", "version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["season", "version"], name="publication_version_is_unique_in_a_season"),
            models.CheckConstraint(condition=Q(version__gte=1), name="publication_versions_count_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.season} {self.version}"

    @property
    def short_fingerprint(self) -> str:
        """As much of the fingerprint as a person compares by eye."""
        return self.fingerprint[:12]


class PublicationCheck(models.Model):
    """Whether a version still followed from the answers when that was last tried; ``differences`` holds the first."""

    publication = models.OneToOneField(Publication, models.PROTECT, primary_key=True, related_name="last_check")
    checked_at = models.DateTimeField(_("checked"))
    count = models.PositiveIntegerField(_("differences"), default=0)
    differences = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.publication}: {self.count}"


def published_seasons() -> models.QuerySet[Season]:
    """Return the seasons whose results are frozen and public, the newest first."""
    frozen = Publication.objects.filter(season=OuterRef("pk"))
    return Season.objects.filter(Exists(frozen), state=SeasonState.PUBLISHED).current_first()
