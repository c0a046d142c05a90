"""Tells the page how far the making of a proposal has come, and the planner when to stop."""

import math
import time
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone

from assignments.planning import Progress, Watch
from assignments.plans.models import PlanProposal
from assignments.plans.workflow import ProposalState

LEASE: Final = timedelta(minutes=2)
# Progress is written so seldom that nobody waits for it.
PAUSE_SECONDS: Final = 0.5


class Watcher:
    """Holds the lease of one proposal while it is made; it is called with every step of the search."""

    def __init__(self, proposal: PlanProposal, heard: Watch | None = None) -> None:
        self.key = proposal.pk
        self.lease_until: datetime | None = proposal.lease_until
        self.is_lost = self.is_cancelled = False
        self._heard, self._told_at = heard, time.monotonic()

    def __call__(self, progress: Progress) -> bool:
        """Tell how far it has come, prolong the lease, and answer whether to stop."""
        if self._heard is not None and self._heard(progress):
            return True
        if time.monotonic() - self._told_at >= PAUSE_SECONDS:
            self._tell(progress)
            self._told_at = time.monotonic()
        return self.is_lost or self.is_cancelled

    def _tell(self, progress: Progress) -> None:
        until = timezone.now() + LEASE
        told = {
            "phase": progress.phase,
            "share": round(progress.share, 3),
            "unassigned": progress.unassigned,
            "cost": _finite(progress.cost),
            "bound": _finite(progress.bound),
        }
        own = PlanProposal.objects.filter(pk=self.key, state=ProposalState.RUNNING, lease_until=self.lease_until)
        if not own.update(progress=told, lease_until=until):
            self.is_lost = True
            return
        self.lease_until = until
        self.is_cancelled = own.model.objects.filter(pk=self.key, cancel_asked_at__isnull=False).exists()


def _finite(value: float | None) -> float | None:
    """Return the number if there is one: a search that has found nothing yet tells of infinite costs."""
    return value if value is not None and math.isfinite(value) else None
