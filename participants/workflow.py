"""The states of a season.

preparing → open → closed → published
             ↕
           paused
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ksp.lib.workflow import Transition


class SeasonState(models.TextChoices):
    """Where a season stands."""

    PREPARING = "preparing", _("In preparation")
    OPEN = "open", _("Open")
    PAUSED = "paused", _("Paused")
    CLOSED = "closed", _("Closed")
    PUBLISHED = "published", _("Published")


CHANGE = "participants.change_season"

OPEN = Transition(
    verb="season.opened",
    label=_("Open the season"),
    sources=frozenset({SeasonState.PREPARING}),
    target=SeasonState.OPEN,
    permission=CHANGE,
)
PAUSE = Transition(
    verb="season.paused",
    label=_("Pause the season"),
    sources=frozenset({SeasonState.OPEN}),
    target=SeasonState.PAUSED,
    permission=CHANGE,
)
RESUME = Transition(
    verb="season.resumed",
    label=_("Go on with the season"),
    sources=frozenset({SeasonState.PAUSED}),
    target=SeasonState.OPEN,
    permission=CHANGE,
)
CLOSE = Transition(
    verb="season.closed",
    label=_("Close the season"),
    sources=frozenset({SeasonState.OPEN, SeasonState.PAUSED}),
    target=SeasonState.CLOSED,
    permission=CHANGE,
)
PUBLISH = Transition(
    verb="season.published",
    label=_("Publish the results"),
    sources=frozenset({SeasonState.CLOSED}),
    target=SeasonState.PUBLISHED,
    permission=CHANGE,
)

TRANSITIONS = {"open": OPEN, "pause": PAUSE, "resume": RESUME, "close": CLOSE, "publish": PUBLISH}
