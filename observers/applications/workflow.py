"""The states of an application.

draft → submitted → accepted
  ↘        ↓  ↘
      withdrawn  declined
"""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ksp.lib.workflow import Transition


class ApplicationState(models.TextChoices):
    """Where an application stands."""

    DRAFT = "draft", pgettext_lazy("application", "Draft")
    SUBMITTED = "submitted", pgettext_lazy("application", "Submitted")
    ACCEPTED = "accepted", pgettext_lazy("application", "Accepted")
    DECLINED = "declined", pgettext_lazy("application", "Declined")
    WITHDRAWN = "withdrawn", pgettext_lazy("application", "Withdrawn")


DECIDE = "applications.decide_application"
APPLY = "applications.write_application"

SUBMIT = Transition(
    verb="application.submitted",
    label=_("Send the application"),
    sources=frozenset({ApplicationState.DRAFT, ApplicationState.WITHDRAWN}),
    target=ApplicationState.SUBMITTED,
    permission=APPLY,
)
ACCEPT = Transition(
    verb="application.accepted",
    label=_("Accept"),
    sources=frozenset({ApplicationState.SUBMITTED, ApplicationState.DECLINED}),
    target=ApplicationState.ACCEPTED,
    permission=DECIDE,
)
DECLINE = Transition(
    verb="application.declined",
    label=_("Decline"),
    sources=frozenset({ApplicationState.SUBMITTED}),
    target=ApplicationState.DECLINED,
    permission=DECIDE,
)
WITHDRAW = Transition(
    verb="application.withdrawn",
    label=_("Withdraw"),
    sources=frozenset({ApplicationState.DRAFT, ApplicationState.SUBMITTED}),
    target=ApplicationState.WITHDRAWN,
    permission=APPLY,
)

TRANSITIONS = {"submit": SUBMIT, "accept": ACCEPT, "decline": DECLINE, "withdraw": WITHDRAW}
