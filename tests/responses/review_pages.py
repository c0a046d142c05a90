"""What the tests of the project manager's pages share: a report that waits, and addresses and words of pages."""

import re
from datetime import UTC, datetime, timedelta

from django.urls import reverse

from responses.models import SurveyResponse
from tests.factories.responses import filled_response

QUEUE = "/review/"
# Friday 3 December 2021, the day of the deadline of what was submitted on Tuesday.
FRIDAY = datetime(2021, 12, 3, 11, 0, tzinfo=UTC)


def waiting(season, *, days=0, **fields):
    """Return a report that was submitted so many days before Friday."""
    response = filled_response("submitted", season=season, **fields)
    moment = FRIDAY - timedelta(days=days)
    SurveyResponse.objects.filter(pk=response.pk).update(submitted_at=moment, first_submitted_at=moment)
    response.refresh_from_db()
    return response


def page_of(response):
    return reverse("responses:review", args=[response.public_id])


def decision(response, move, query=""):
    return reverse(f"responses:{move}", args=[response.public_id]) + query


def text(answer):
    """Return what the page says, without its markup."""
    bare = re.sub(r"<(script|style|svg).*?</\1>|<[^>]+>", " ", answer.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", bare.replace("\u202f", " ").replace("&nbsp;", " "))


def keys(answer):
    """Return the keys of the listed reports, in order."""
    return [row.key for row in answer.context["rows"]]
