"""Observers, whom they have contacted before, and whose customers they are."""

import secrets
import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ksp.accounts.models import Organiser, Role, User
from participants.models import STAFF, Participant, Season


class Gender(models.TextChoices):
    """How observers describe their gender."""

    WOMAN = "woman", _("Woman")
    MAN = "man", _("Man")
    OTHER = "other", _("Other")


def new_pseudonym() -> str:
    """Return a name that says nothing about the person."""
    return f"obs-{secrets.token_hex(5)}"


class ObserverQuerySet(models.QuerySet["Observer"]):
    """Questions about observers."""

    def visible_to(self, user: User) -> "ObserverQuerySet":
        """Return all of the organiser's for its staff, an observer's own profile, else none."""
        if not user.is_active:
            return self.none()
        if user.role in STAFF:
            return self.filter(organiser=user.organiser_id)
        if user.role == Role.OBSERVER:
            return self.filter(user=user)
        return self.none()


class Observer(models.Model):
    """A person who contacts centres and reports."""

    organiser = models.ForeignKey(Organiser, models.PROTECT, related_name="observers")
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.OneToOneField(User, models.PROTECT, null=True, blank=True, related_name="observer")
    code = models.CharField(_("id"), max_length=60)
    pseudonym = models.CharField(max_length=40, default=new_pseudonym, editable=False)
    imported_with = models.ForeignKey(
        Season, models.PROTECT, null=True, blank=True, related_name="imported_observers", editable=False
    )
    first_name = models.CharField(_("first name"), max_length=80, blank=True)
    last_name = models.CharField(_("last name"), max_length=80, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    birth_year = models.PositiveSmallIntegerField(_("year of birth"), null=True, blank=True)
    gender = models.CharField(_("gender"), max_length=6, choices=Gender, blank=True)
    county = models.CharField(_("county"), max_length=40, blank=True)
    methods = models.JSONField(_("contact methods"), default=list)
    weekly_capacity = models.PositiveSmallIntegerField(_("contacts a week at most"), default=4)
    season_capacity = models.PositiveSmallIntegerField(_("contacts a season at most"), null=True, blank=True)
    available_from = models.DateField(_("available from"), null=True, blank=True)
    available_to = models.DateField(_("available to"), null=True, blank=True)
    weeks = models.JSONField(_("available weeks"), default=list, blank=True)
    carried_score = models.FloatField(_("score from an earlier system"), null=True, blank=True)
    internal_score = models.FloatField(_("internal score"), null=True, editable=False)
    is_active = models.BooleanField(_("active"), default=True)

    objects = ObserverQuerySet.as_manager()

    class Meta:
        verbose_name = _("observer")
        verbose_name_plural = _("observers")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organiser", "code"], name="observer_id_is_unique_at_an_organiser"),
            models.UniqueConstraint(
                fields=["organiser", "imported_with", "pseudonym"], name="observer_pseudonym_is_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}".strip() or self.pseudonym

    @property
    def known_score(self) -> float | None:
        """The internal score, from graded reports or carried over; none for a new observer."""
        return self.carried_score if self.internal_score is None else self.internal_score


class PriorContact(models.Model):
    """An observer has contacted a participant before, in another project or system."""

    observer = models.ForeignKey(Observer, models.CASCADE, related_name="prior_contacts")
    participant = models.ForeignKey(Participant, models.CASCADE, related_name="prior_contacts")
    project = models.CharField(_("project"), max_length=120)
    contacted_on = models.DateField(_("contacted on"), null=True, blank=True)

    class Meta:
        verbose_name = _("prior contact")
        verbose_name_plural = _("prior contacts")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["observer", "participant", "project", "contacted_on"], name="prior_contact_is_named_once"
            ),
            models.UniqueConstraint(
                fields=["observer", "participant", "project"],
                condition=Q(contacted_on__isnull=True),
                name="prior_contact_without_a_date_is_named_once",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["observer", "participant"], name="prior_contact_by_pair")]

    def __str__(self) -> str:
        return f"{self.observer} – {self.participant} ({self.project})"


class CustomerRelation(models.Model):
    """An observer is a customer of a participant, or registered there in another way."""

    observer = models.ForeignKey(Observer, models.CASCADE, related_name="customer_relations")
    participant = models.ForeignKey(Participant, models.CASCADE, related_name="customer_relations")
    kind = models.CharField(_("kind"), max_length=40, default="customer")
    reported_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("customer relation")
        verbose_name_plural = _("customer relations")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["observer", "participant", "kind"], name="customer_relation_is_named_once"),
        ]

    def __str__(self) -> str:
        return f"{self.observer} – {self.participant}"
