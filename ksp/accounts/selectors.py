"""What was done to a thing, and how accounts stand."""

from collections.abc import Iterator
from typing import Any

from django.db import models
from django.db.models import Count, OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ksp.accounts.models import AuditEvent, Invitation, OwedMail, Role, User, UserQuerySet
from ksp.lib.attention import Item


def history_of(thing: models.Model) -> models.QuerySet[AuditEvent]:
    """Return everything that was done to one thing, the latest first: for whoever may see the thing."""
    events = AuditEvent.objects.filter(target_type=thing._meta.label_lower, target_key=str(thing.pk))
    return events.order_by("-at", "-pk")


def with_invitation(people: UserQuerySet) -> UserQuerySet:
    """Add until when each person's latest invitation works, as ``invited_until``."""
    latest = Invitation.objects.filter(user=OuterRef("pk"), accepted_at=None).order_by("-pk")
    return people.annotate(invited_until=Subquery(latest.values("expires_at")[:1]))


def people_by_role(user: User) -> list[tuple[str, Any, int]]:
    """Return each role, what it is called, and how many open accounts it has."""
    people = User.objects.visible_to(user).filter(is_active=True)
    counts: dict[str, int] = dict(people.order_by().values_list("role").annotate(Count("pk")))
    return [(role.value, role.label, counts.get(role, 0)) for role in Role]


def attention(user: User) -> Iterator[Item]:
    """Tell of mail that could not be sent, and of invitations that nobody has answered."""
    failed = OwedMail.objects.visible_to(user).set_aside().count()
    if failed:
        yield Item(
            title=ngettext("%(count)s e-mail could not be sent", "%(count)s e-mails could not be sent", failed)
            % {"count": failed},
            text=_("Tried five times, then set aside. See why, and try once more."),
            url=reverse("accounts:mail"),
            action=_("See the mail"),
            tone="danger",
        )
    count = User.objects.visible_to(user).invited().count()
    if count:
        yield Item(
            title=ngettext(
                "%(count)s person has not answered the invitation",
                "%(count)s people have not answered the invitation",
                count,
            )
            % {"count": count},
            text=_("A link works for 24 hours. Send a new one to those whose link is too old."),
            url=reverse("accounts:users") + "?state=invited",
            action=_("See who"),
            tone="warning",
        )
