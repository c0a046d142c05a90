"""What plans owe when something below them changes: a repair, computed by itself, that waits for a manager."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.dispatch import receiver
from django.utils.translation import gettext_noop

from assignments.models import Assignment
from assignments.plans.automatic import is_quiet
from assignments.plans.models import PlanProposal
from assignments.plans.services import owe_repair
from assignments.plans.signals import proposal_owed
from assignments.plans.tasks import make_owed_proposals
from assignments.signals import assignment_changed, contact_reopened
from assignments.workflow import DECLINE, EXPIRE, OPEN, WITHDRAW
from ksp.accounts.models import User
from ksp.lib.wake import wake
from ksp.lib.workflow import Transition
from observers.applications.models import TeamMember
from observers.applications.signals import relations_reported, team_changed
from participants.models import AwardClass, Enrolment, Season
from participants.signals import channel_closed, class_changed, season_changed
from participants.workflow import RESUME

# Why a repair was asked for; pages translate it for whoever reads it.
OCCASIONS = {
    DECLINE.verb: gettext_noop("An observer declined a contact"),
    EXPIRE.verb: gettext_noop("An offer lapsed"),
    WITHDRAW.verb: gettext_noop("A contact was withdrawn"),
}
REJECTED = gettext_noop("A report was rejected")
LEFT = gettext_noop("An observer has left the team")
RELATED = gettext_noop("An observer reported a customer relation")
LOST_METHOD = gettext_noop("A participant lost a contact method")
WENT_ON = gettext_noop("A pause is over")


@receiver(proposal_owed, sender=PlanProposal, dispatch_uid="plans.wake_maker")
def wake_maker(**_signal: Any) -> None:
    """Wake a worker after the commit: a proposal waits."""
    transaction.on_commit(lambda: wake(make_owed_proposals))


@receiver(assignment_changed, sender=Assignment, dispatch_uid="plans.repair_fallen")
def repair_fallen(*, assignment: Assignment, transition: Transition, **_signal: Any) -> None:
    """Owe a repair when a contact has fallen away."""
    if transition.verb in OCCASIONS:
        _owe(assignment.season, OCCASIONS[transition.verb])


@receiver(contact_reopened, sender=Assignment, dispatch_uid="plans.repair_rejected")
def repair_rejected(*, assignment: Assignment, **_signal: Any) -> None:
    """Owe a repair when a contact whose report was rejected must be made by somebody else."""
    _owe(assignment.season, REJECTED)


@receiver(team_changed, sender=TeamMember, dispatch_uid="plans.repair_team")
def repair_team(*, season: Season, observer_ids: Iterable[int], has_left: bool, **_signal: Any) -> None:
    """Owe a repair when somebody who had contacts has left the team."""
    own = Assignment.objects.filter(season=season, observer__in=list(observer_ids), state__in=OPEN)
    if has_left and own.exists():
        _owe(season, LEFT)


@receiver(relations_reported, dispatch_uid="plans.repair_relations")
def repair_relations(*, pairs: Iterable[tuple[int, int]], **_signal: Any) -> None:
    """Owe a repair in each season in which one of the pairs was to meet."""
    known = set(pairs)
    participants = {participant for _observer, participant in known}
    rows = Assignment.objects.filter(state__in=OPEN, participant__in=participants).exclude(observer=None)
    found = rows.values_list("observer_id", "participant_id", "season_id")
    seasons = {season for observer, participant, season in found if (observer, participant) in known}
    for season in Season.objects.filter(pk__in=seasons):
        _owe(season, RELATED)


@receiver(channel_closed, sender=Enrolment, dispatch_uid="plans.repair_channel")
def repair_channel(*, enrolment: Enrolment, method: str, **_signal: Any) -> None:
    """Owe a repair when a participant can no longer be contacted as it was to be."""
    if Assignment.objects.filter(enrolment=enrolment, method=method, state__in=OPEN).exists():
        _owe(enrolment.season, LOST_METHOD)


@receiver(season_changed, sender=Season, dispatch_uid="plans.repair_season")
def repair_season(*, season: Season, transition: Transition, **_signal: Any) -> None:
    """Owe a repair when a season goes on: what its weeks held meanwhile moves forward."""
    if transition is RESUME and Assignment.objects.filter(season=season, state__in=OPEN).exists():
        _owe(season, WENT_ON)


@receiver(class_changed, sender=AwardClass, dispatch_uid="plans.repair_class")
def repair_class(*, award_class: AwardClass, is_paused: bool, **_signal: Any) -> None:
    """Owe a repair when a class goes on."""
    own = Assignment.objects.filter(enrolment__award_class=award_class, state__in=OPEN)
    if not is_paused and own.exists():
        _owe(award_class.season, WENT_ON)


def _owe(season: Season, occasion: str) -> None:
    """Owe a repair in the name of the organiser's system account, unless whoever changes things plans them too."""
    if is_quiet():
        return
    by = User.objects.filter(organiser=season.organiser_id, is_system=True).first()
    if by is not None:
        owe_repair(season, occasion=occasion, by=by)
