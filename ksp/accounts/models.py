"""Organisers, the people who sign in, what they did, and the mail that is owed to them."""

import uuid
from datetime import datetime
from typing import Any, ClassVar

import rules
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from ksp.accounts.origin import current_origin
from ksp.accounts.verbs import in_words


class Organiser(models.Model):
    """Who runs seasons; owns its people and data, and sees nobody else's."""

    name = models.CharField(_("name"), max_length=200)
    slug = models.SlugField(_("short name"), unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    """What a person who signs in is to the organiser."""

    ADMINISTRATOR = "administrator", _("Administrator")
    MANAGER = "manager", _("Project manager")
    OBSERVER = "observer", _("Observer")
    PARTICIPANT = "participant", _("Participant")


class ColourScheme(models.TextChoices):
    """Which colours a person wants."""

    AUTO = "auto", _("Same as the device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class Language(models.TextChoices):
    """Which language a person reads."""

    NORWEGIAN = "nb", _("Norwegian")
    ENGLISH = "en", _("English")


class UserQuerySet(models.QuerySet["User"]):
    """Questions about people who sign in."""

    def visible_to(self, user: "User") -> "UserQuerySet":
        """Return the people whose accounts ``user`` may see."""
        if user.role == Role.ADMINISTRATOR and user.is_active:
            return self.filter(organiser=user.organiser_id, is_system=False)
        return self.filter(pk=user.pk)

    def invited(self) -> "UserQuerySet":
        """Return the people who have not chosen a password yet."""
        return self.filter(is_active=True, password__startswith=UNUSABLE_PASSWORD_PREFIX)

    def in_use(self) -> "UserQuerySet":
        """Return the people who can sign in."""
        return self.filter(is_active=True).exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX)

    def closed(self) -> "UserQuerySet":
        """Return the people whose accounts are closed."""
        return self.filter(is_active=False)


class UserManager(BaseUserManager["User"]):
    """Makes and finds people who sign in."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Return a new person; without a password the account cannot sign in yet."""
        user: User = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        """Return the person with this e-mail address, whatever its case."""
        person: User = self.get(email__iexact=username or "")
        return person


class User(AbstractBaseUser):
    """A person who signs in by e-mail, in one role at one organiser."""

    organiser = models.ForeignKey(Organiser, models.PROTECT, related_name="users", verbose_name=_("organiser"))
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=150)
    role = models.CharField(_("role"), max_length=20, choices=Role)
    is_active = models.BooleanField(_("active"), default=True)
    is_system = models.BooleanField(default=False, editable=False)
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.NORWEGIAN)
    colour_scheme = models.CharField(_("colours"), max_length=5, choices=ColourScheme, default=ColourScheme.AUTO)
    has_shortcuts = models.BooleanField(_("keyboard shortcuts"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager.from_queryset(UserQuerySet)()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints: ClassVar = [
            models.UniqueConstraint(Lower("email"), name="user_email_is_unique_whatever_its_case"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="user_role_is_known"),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def initials(self) -> str:
        """The first letters of the first and the last name."""
        words = self.name.split() or [self.email]
        return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()

    @property
    def first_name(self) -> str:
        """The first word of the name, to greet with."""
        return (self.name.split() or [self.email])[0]

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Tell whether the person may do ``perm`` with ``obj``; nobody inactive may do anything."""
        return self.is_active and bool(rules.has_perm(perm, self, obj))


class Invitation(models.Model):
    """A link by which an invited person chooses a password, once, within a day."""

    user = models.ForeignKey(User, models.CASCADE, related_name="invitations")
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="invitations_sent")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.user)


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    """Questions about tokens."""

    def visible_to(self, user: User) -> "ApiTokenQuerySet":
        """Return the person's own tokens that are not revoked."""
        return self.filter(user=user, revoked_at=None) if user.is_active else self.none()

    def usable(self, now: datetime) -> "ApiTokenQuerySet":
        """Return the tokens that open the API now."""
        in_time = Q(expires_at=None) | Q(expires_at__gt=now)
        return self.filter(in_time, revoked_at=None, user__is_active=True)


class ApiToken(models.Model):
    """A key by which a program reads what its person may; only a hash of it is kept, and its first letters."""

    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("name"), max_length=100)
    prefix = models.CharField(max_length=12)
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    expires_at = models.DateTimeField(_("works until"), null=True)
    last_used_at = models.DateTimeField(_("last used"), null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class AuditEventQuerySet(models.QuerySet["AuditEvent"]):
    """Questions about what was done."""

    def visible_to(self, user: User) -> "AuditEventQuerySet":
        """Return the events that ``user`` may read: the organiser's, for an administrator."""
        if user.role == Role.ADMINISTRATOR and user.is_active:
            return self.filter(organiser=user.organiser_id)
        return self.none()


class AuditEvent(models.Model):
    """Who did what, on which object, when, and from where; never changed, never deleted."""

    organiser = models.ForeignKey(Organiser, models.PROTECT, related_name="audit_events")
    at = models.DateTimeField(_("when"), auto_now_add=True, db_index=True)
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="audit_events")
    actor_name = models.CharField(_("who"), max_length=150)
    verb = models.CharField(_("what"), max_length=60)
    target_type = models.CharField(max_length=40)
    target_key = models.CharField(max_length=64)
    target_name = models.CharField(_("on what"), max_length=250)
    origin = models.CharField(_("from where"), max_length=60, blank=True)
    detail = models.JSONField(default=dict)

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [
            models.Index(fields=["target_type", "target_key", "at", "id"], name="audit_event_of_target"),
            models.Index(fields=["organiser", "at", "id"], name="audit_event_by_time"),
            models.Index(fields=["actor", "at", "id"], name="audit_event_by_actor"),
            models.Index(fields=["organiser", "verb", "at", "id"], name="audit_event_by_verb"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.target_name}"

    @property
    def what(self) -> str:
        """What was done, in words."""
        return in_words(self.verb)

    @property
    def target(self) -> str:
        """The thing it was done to, as the trail is searched for it."""
        return f"{self.target_type}:{self.target_key}"

    @property
    def changes(self) -> list[tuple[str, Any, Any]]:
        """What the event tells more: name, value before (None where nothing was replaced), value after."""
        before, after = self.detail.get("before"), self.detail.get("after")
        if isinstance(before, dict) and isinstance(after, dict):
            return [(name, before.get(name), value) for name, value in after.items()]
        return [(name, None, value) for name, value in self.detail.items()]

    @classmethod
    def of(cls, by: User, verb: str, target: models.Model, **detail: Any) -> "AuditEvent":
        """Return the event, not yet written: for a service that writes many in one statement."""
        return cls(
            organiser_id=by.organiser_id,
            actor=by,
            actor_name=str(by)[:150],
            verb=verb,
            target_type=target._meta.label_lower,
            target_key=str(target.pk),
            target_name=str(target)[:250],
            origin=current_origin(),
            detail=detail,
        )

    @classmethod
    def record(cls, by: User, verb: str, target: models.Model, **detail: Any) -> "AuditEvent":
        """Write down that ``by`` did this to ``target``, in the caller's transaction."""
        event = cls.of(by, verb, target, **detail)
        event.save(force_insert=True)
        return event


# After so many failures a mail is set aside for a person to look at.
MOST_TRIES = 5


class OwedMailQuerySet(models.QuerySet["OwedMail"]):
    """Questions about the mail that is owed."""

    def visible_to(self, user: User) -> "OwedMailQuerySet":
        """Return the organiser's mail, for an administrator."""
        if user.role == Role.ADMINISTRATOR and user.is_active:
            return self.filter(organiser=user.organiser_id)
        return self.none()

    def set_aside(self) -> "OwedMailQuerySet":
        """Return the mail that failed too often."""
        return self.filter(sent_at=None, tries__gte=MOST_TRIES)


class OwedMail(models.Model):
    """One e-mail that is owed; written in the transaction that owes it, sent by a worker."""

    organiser = models.ForeignKey(Organiser, models.PROTECT, related_name="owed_mail")
    to = models.EmailField(_("to"))
    subject = models.CharField(_("subject"), max_length=250)
    body = models.TextField(_("text"))
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=250, blank=True)

    objects = OwedMailQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=Q(sent_at=None), name="owed_mail_that_waits"),
        ]

    def __str__(self) -> str:
        return self.subject
