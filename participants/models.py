"""Seasons, classes, participants across years, their enrolments and contact channels."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ksp.accounts.models import Organiser, Role, User
from participants.season_settings import SeasonSettings
from participants.workflow import SeasonState


class ContactMethod(models.TextChoices):
    """How an observer contacts a centre."""

    PHONE = "phone", _("Phone")
    EMAIL = "email", _("E-mail")
    CHAT = "chat", _("Chat")
    MESSENGER = "messenger", _("Messenger")


class Package(models.TextChoices):
    """What a participant bought."""

    NONE = "none", _("Result list only")
    SIMPLE = "simple", _("Simple")
    COMPETITOR = "competitor", _("Competitor")


STAFF = frozenset({Role.ADMINISTRATOR, Role.MANAGER})


class SeasonQuerySet(models.QuerySet["Season"]):
    """Questions about seasons."""

    def visible_to(self, user: User) -> "SeasonQuerySet":
        """Return the seasons of the person's organiser."""
        return self.filter(organiser=user.organiser_id) if user.is_active else self.none()

    def current_first(self) -> "SeasonQuerySet":
        """Order by how current a season is: the latest start first."""
        return self.order_by("-starts_on", "-pk")


class Season(models.Model):
    """One year's survey and award."""

    organiser = models.ForeignKey(Organiser, models.PROTECT, related_name="seasons")
    code = models.CharField(_("code"), max_length=20)
    name = models.CharField(_("name"), max_length=120)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    state = models.CharField(_("state"), max_length=12, choices=SeasonState, default=SeasonState.PREPARING)
    pause_reason = models.CharField(_("why it is paused"), max_length=250, blank=True)
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    stored_settings = models.JSONField(default=dict)
    manual = models.TextField(_("project manual"), blank=True)

    objects = SeasonQuerySet.as_manager()

    class Meta:
        verbose_name = _("season")
        verbose_name_plural = _("seasons")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organiser", "code"], name="season_code_is_unique_at_an_organiser"),
            models.CheckConstraint(condition=Q(ends_on__gte=models.F("starts_on")), name="season_ends_after_it_starts"),
            models.CheckConstraint(condition=Q(state__in=SeasonState.values), name="season_state_is_known"),
            models.CheckConstraint(
                condition=Q(state=SeasonState.PREPARING) | Q(opened_at__isnull=False),
                name="season_that_left_preparation_was_opened",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def settings(self) -> SeasonSettings:
        """What this season decided for itself, over the defaults."""
        return SeasonSettings.from_dict(self.stored_settings)

    @property
    def is_frozen(self) -> bool:
        """The questionnaire and the rules of scoring can no longer change."""
        return self.state != SeasonState.PREPARING


class AwardClass(models.Model):
    """A class of centres that compete with each other."""

    season = models.ForeignKey(Season, models.PROTECT, related_name="classes")
    name = models.CharField(_("name"), max_length=120)
    paused_at = models.DateTimeField(null=True)
    pause_reason = models.CharField(_("why it is paused"), max_length=250, blank=True)

    class Meta:
        verbose_name = _("class")
        verbose_name_plural = _("classes")
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["season", "name"], name="class_name_is_unique_in_a_season"),
        ]

    def __str__(self) -> str:
        return self.name


class ParticipantQuerySet(models.QuerySet["Participant"]):
    """Questions about participants."""

    def visible_to(self, user: User) -> "ParticipantQuerySet":
        """Return all of the organiser's for its staff, the represented ones for a participant, else none."""
        if not user.is_active:
            return self.none()
        if user.role in STAFF:
            return self.filter(organiser=user.organiser_id)
        if user.role == Role.PARTICIPANT:
            return self.filter(representatives__user=user)
        return self.none()


class Participant(models.Model):
    """A customer-service centre, across the years."""

    organiser = models.ForeignKey(Organiser, models.PROTECT, related_name="participants")
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(_("id"), max_length=40)
    name = models.CharField(_("name"), max_length=200)
    is_public_body = models.BooleanField(_("public body"), default=False)
    website = models.CharField(_("website"), max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ParticipantQuerySet.as_manager()

    class Meta:
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organiser", "code"], name="participant_id_is_unique_at_an_organiser"),
        ]

    def __str__(self) -> str:
        return self.name


class Representative(models.Model):
    """A person who may see what a participant bought."""

    user = models.ForeignKey(User, models.CASCADE, related_name="represents")
    participant = models.ForeignKey(Participant, models.CASCADE, related_name="representatives")
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "participant"], name="representative_is_named_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user} – {self.participant}"


class EnrolmentQuerySet(models.QuerySet["Enrolment"]):
    """Questions about enrolments."""

    def visible_to(self, user: User) -> "EnrolmentQuerySet":
        """Return all of the organiser's for its staff, the represented ones for a participant, else none."""
        if not user.is_active:
            return self.none()
        if user.role in STAFF:
            return self.filter(season__organiser=user.organiser_id)
        if user.role == Role.PARTICIPANT:
            return self.filter(participant__representatives__user=user)
        return self.none()


class Enrolment(models.Model):
    """A participant in a season and a class."""

    season = models.ForeignKey(Season, models.PROTECT, related_name="enrolments")
    participant = models.ForeignKey(Participant, models.PROTECT, related_name="enrolments")
    award_class = models.ForeignKey(AwardClass, models.PROTECT, related_name="enrolments", verbose_name=_("class"))
    package = models.CharField(_("package"), max_length=12, choices=Package, default=Package.NONE)
    planned_contacts = models.PositiveSmallIntegerField(_("planned contacts"), default=25)
    contact_name = models.CharField(_("contact person"), max_length=150, blank=True)
    contact_email = models.EmailField(_("contact e-mail"), blank=True)
    employees_informed_on = models.DateField(_("employees informed"), null=True, blank=True)
    extra_help = models.TextField(_("what counts as additional information here"), blank=True)
    unused_addresses = models.JSONField(_("addresses that are known and not used"), default=dict, blank=True)

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["season", "participant"], name="participant_is_enrolled_once_in_a_season"),
            models.CheckConstraint(condition=Q(package__in=Package.values), name="enrolment_package_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.participant.name}, {self.season.code}"


class ChannelKind(models.TextChoices):
    """What kind of address a channel has."""

    PHONE = "phone", _("Phone number")
    EMAIL = "email", _("E-mail address")
    CONTACT_FORM = "contact_form", _("Contact form")
    CHAT = "chat", _("Chat")
    MESSENGER = "messenger", _("Messenger")


class ContactChannel(models.Model):
    """By which number or address a participant is contacted with one method, and how often."""

    enrolment = models.ForeignKey(Enrolment, models.CASCADE, related_name="channels")
    method = models.CharField(_("contact method"), max_length=10, choices=ContactMethod)
    kind = models.CharField(_("kind"), max_length=12, choices=ChannelKind)
    address = models.CharField(_("number or address"), max_length=300)
    planned_contacts = models.PositiveSmallIntegerField(_("planned contacts"), default=0)

    class Meta:
        verbose_name = _("contact channel")
        verbose_name_plural = _("contact channels")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["enrolment", "method"], name="channel_is_unique_for_a_method"),
            models.CheckConstraint(condition=Q(method__in=ContactMethod.values), name="channel_method_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_method_display()}: {self.address}"


class ImportState(models.TextChoices):
    """What became of an uploaded list."""

    PREVIEWED = "previewed", _("Ready to import")
    REFUSED = "refused", _("Has errors")
    APPLIED = "applied", _("Imported")
    TAKEN_BACK = "taken_back", _("Taken back")


class ImportBatchQuerySet(models.QuerySet["ImportBatch"]):
    """Questions about uploaded lists."""

    def visible_to(self, user: User) -> "ImportBatchQuerySet":
        """Return the organiser's lists, for its staff."""
        if user.is_active and user.role in STAFF:
            return self.filter(organiser=user.organiser_id)
        return self.none()


class ImportBatch(models.Model):
    """One uploaded list, and what became of it."""

    organiser = models.ForeignKey(Organiser, models.PROTECT, related_name="import_batches")
    season = models.ForeignKey(Season, models.PROTECT, null=True, related_name="import_batches")
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind of list"), max_length=20)
    file_name = models.CharField(_("file"), max_length=200)
    state = models.CharField(_("state"), max_length=12, choices=ImportState, default=ImportState.PREVIEWED)
    counts = models.JSONField(default=dict)
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="import_batches")
    uploaded_at = models.DateTimeField(auto_now_add=True)
    applied_at = models.DateTimeField(null=True)
    taken_back_at = models.DateTimeField(null=True)

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return self.file_name


class RowStatus(models.TextChoices):
    """What a row of a list would do, or has done."""

    NEW = "new", pgettext_lazy("row of a list", "New")
    CHANGED = "changed", pgettext_lazy("row of a list", "Changed")
    UNCHANGED = "unchanged", pgettext_lazy("row of a list", "Unchanged")
    ERROR = "error", pgettext_lazy("row of a list", "Error")


class ImportRow(models.Model):
    """One row of an uploaded list: its values, what they replace, and what is wrong with it.

    ``before`` holds the old value of every column that changes; it is null where nothing was there at all.
    """

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField(_("row"))
    status = models.CharField(_("status"), max_length=10, choices=RowStatus)
    has_warnings = models.BooleanField(default=False)
    key = models.CharField(_("id"), max_length=300)
    name = models.CharField(_("name"), max_length=250, blank=True)
    values = models.JSONField(default=dict)
    before = models.JSONField(null=True)
    problems = models.JSONField(default=list)

    class Meta:
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of imports")
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "number"], name="import_row_is_numbered_once"),
            models.CheckConstraint(condition=Q(status__in=RowStatus.values), name="import_row_status_is_known"),
        ]
        indexes: ClassVar = [models.Index(fields=["batch", "status", "number"], name="import_row_by_status")]

    def __str__(self) -> str:
        return f"{self.number}: {self.name or self.key}"
