"""The calendar as programs read it, without a sign-in, by its private address."""

import hashlib

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from assignments.calendars import services
from assignments.calendars.feeds import written
from assignments.calendars.selectors import feed_opened_by, told_by

TYPE = "text/calendar; charset=utf-8"


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponseBase:
    """Give the calendar to whoever holds its present address, and nothing to anybody else."""
    found = feed_opened_by(token)
    if found is None:
        raise Http404
    now = timezone.now()
    body = written(found, told_by(found, now=now))
    services.note_reading(found.pk, now=now)
    response = HttpResponse(body, content_type=TYPE)
    response["Content-Disposition"] = 'inline; filename="kundeserviceprisen.ics"'
    response["Cache-Control"] = "private, no-cache"
    response["X-Robots-Tag"] = "noindex"
    etag = quote_etag(hashlib.sha256(body).hexdigest()[:32])
    response["ETag"] = etag
    answer = get_conditional_response(request, etag=etag, response=response)
    return answer or response
