"""What was done to a thing, and how accounts stand."""

from django.db import models

from ksp.accounts.models import AuditEvent


def history_of(thing: models.Model) -> models.QuerySet[AuditEvent]:
    """Return everything that was done to one thing, the latest first: for whoever may see the thing."""
    return AuditEvent.objects.filter(target_type=thing._meta.label_lower, target_key=str(thing.pk)).order_by("-pk")
