"""The private address under which an observer's calendar is read, and what it tells."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from observers.models import Observer


class CalendarFeed(models.Model):
    """An observer's calendar as a calendar program reads it.

    The address itself is nowhere stored: it follows from ``public_id`` and ``version`` and the site's own secret.
    """

    observer = models.OneToOneField(Observer, models.CASCADE, related_name="calendar_feed")
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    version = models.PositiveIntegerField(default=1)
    shows_names = models.BooleanField(_("participants’ names in the calendar"), default=False)
    made_at = models.DateTimeField(_("address made"))
    changed_at = models.DateTimeField(_("changed"))
    last_read_at = models.DateTimeField(_("last read"), null=True)

    class Meta:
        verbose_name = _("calendar")
        verbose_name_plural = _("calendars")

    def __str__(self) -> str:
        return str(self.observer)
