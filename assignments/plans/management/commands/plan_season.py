"""Plans a season, or plans anew what must change in it."""

import time
from typing import Any, ClassVar

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assignments.planning import Progress
from assignments.plans import services
from assignments.plans.explanations import relaxation_in_words, shortage_in_words
from assignments.plans.models import PlanProposal, ProposedContact
from assignments.plans.workflow import UNFINISHED, ProposalKind, ProposalState
from ksp.lib.commands import WrongUsage
from ksp.lib.errors import DomainError
from participants.commands import SeasonCommand

TIME_LIMIT = 30
PAUSE_SECONDS = 0.5


class PlanFailed(DomainError):
    """The plan could not be made."""

    code: ClassVar[str] = "plan_failed"


class Command(SeasonCommand):
    """Plans all contacts of a season and makes the plan the season's own; nothing is offered to anybody."""

    help = "Plan a season, or with --replan plan anew only what must change in it."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add how to plan."""
        super().add_arguments(parser)
        parser.add_argument("--replan", action="store_true", help="change only what must change")
        parser.add_argument(
            "--time-limit", type=float, default=TIME_LIMIT, metavar="S", help="seconds at most for the search"
        )
        parser.add_argument("--seed", type=int, default=1, metavar="N", help="the same number gives the same plan")

    def run(self, **options: Any) -> dict[str, Any]:
        """Plan and apply, and return the figures."""
        if options["time_limit"] < 1 or options["seed"] < 0:
            raise WrongUsage(_("--time-limit is a number of seconds, 1 or more, and --seed is not negative."))
        person = self.person(options)
        season = self.season(options, person=person)
        kind = ProposalKind.REPAIR if options["replan"] else ProposalKind.SEASON
        asked = services.request_plan(
            season.pk, by=person, kind=kind, seed=options["seed"], time_limit=round(options["time_limit"])
        )
        made = self._made(asked.pk)
        # A repair that has nothing to change is put away at once.
        if made.state not in {ProposalState.READY, ProposalState.DISCARDED}:
            raise PlanFailed(_("The plan could not be made: %(why)s") % {"why": made.error})
        can_apply = made.state == ProposalState.READY and not made.contacts.filter(week="").exists()
        applied = None
        if can_apply:
            applied = services.apply_proposal(made.pk, by=person, offer_until=None, now=timezone.now())
        return {**_figures(made), "applied": can_apply, "changed": applied.changed if applied else 0}

    def describe(self, outcome: dict[str, Any]) -> str:
        """Return how good the plan is, and what is wanting."""
        contacts = ngettext("%(count)s contact planned", "%(count)s contacts planned", outcome["contacts"])
        lines = [
            _("%(season)s: %(contacts)s, %(unassigned)s without an observer.")
            % {
                "season": outcome["season"],
                "contacts": contacts % {"count": outcome["contacts"]},
                "unassigned": outcome["unassigned"],
            }
        ]
        lines += [item["sentence"] for item in (*outcome["shortages"], *outcome["relaxations"])]
        return "\n".join(lines)

    def _made(self, key: int) -> PlanProposal:
        """Make the proposal, or wait for the worker that took it first; where that one is lost, it is made here."""
        while (made := services.make_proposal(key, watch=self._tell)) is None:
            found = PlanProposal.objects.select_related("season").get(pk=key)
            if found.state not in UNFINISHED:
                return found
            time.sleep(PAUSE_SECONDS)
        return made

    def _tell(self, progress: Progress) -> bool:
        """Write how far it has come, each phase once."""
        if progress.phase != getattr(self, "_phase", None):
            self._phase = progress.phase
            self.progress(f"{progress.phase} {progress.share:.0%}")
        return False


def _figures(proposal: PlanProposal) -> dict[str, Any]:
    figures = proposal.figures
    is_season = proposal.kind == ProposalKind.SEASON
    return {
        "season": proposal.season.code,
        "contacts": figures["contacts"],
        "unassigned": figures["unassigned"],
        "bound": {**figures["bound"], "cost": figures["bound"]["cost"] if is_season else None},
        "cost": figures["cost"],
        "gap": figures["gap"] if is_season else None,
        "costs": figures["costs"],
        "seconds": figures["seconds"],
        "seed": figures["seed"],
        "moves": figures["moves"],
        "is_whole": figures["is_whole"],
        "orphans": figures.get("orphans", 0),
        "shortages": [{**item, "sentence": shortage_in_words(item)} for item in proposal.shortages],
        "relaxations": [{**item, "sentence": relaxation_in_words(item)} for item in proposal.relaxations],
        "refused": _refused(proposal),
    }


def _refused(proposal: PlanProposal) -> list[dict[str, Any]]:
    """Return the contacts that nobody was found for, each with the rules that refused and how many observers."""
    rows = ProposedContact.objects.filter(proposal=proposal, observer=None).order_by("number")
    return [
        {"participant": code, "method": method, "week": week or None, "rules": reasons.get("refused", {})}
        for code, method, week, reasons in rows.values_list("participant__code", "method", "week", "reasons")
    ]
