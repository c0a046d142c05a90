"""Reads the audit trail page by page, as fast at its end as at its beginning."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from ksp.accounts.models import AuditEvent, AuditEventQuerySet

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class EventPage:
    """Some events, the latest first, and from where the earlier ones go on."""

    events: list[AuditEvent]
    earlier: str
    is_first: bool


def page_of_events(events: AuditEventQuerySet, *, before: str = "") -> EventPage:
    """Return the events before a place in the trail, which is written as the page before gave it."""
    place = _place(before)
    if place is not None:
        at, key = place
        events = events.filter(Q(at__lt=at) | Q(at=at, pk__lt=key), at__lte=at)
    found = list(events.order_by("-at", "-pk")[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    earlier = f"{shown[-1].at.isoformat()}~{shown[-1].pk}" if len(found) > PAGE_SIZE else ""
    return EventPage(shown, earlier, is_first=place is None)


def _place(text: str) -> tuple[datetime, int] | None:
    """Read a place in the trail; what is no place is the beginning."""
    at, _mark, key = text.partition("~")
    try:
        moment = datetime.fromisoformat(at)
        return (moment, int(key)) if moment.tzinfo else None
    except ValueError:
        return None
