"""Who is on a season's team: joining, coming back, leaving."""

from collections.abc import Collection
from datetime import datetime
from typing import ClassVar

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from ksp.accounts.models import AuditEvent, User
from ksp.lib.errors import DomainError
from observers.applications.models import TeamMember
from observers.applications.services.reasons import checked_reason
from observers.applications.signals import team_changed
from observers.models import Observer
from participants.models import Season
from participants.workflow import SeasonState

CHANGE_TEAM = "applications.change_team"
BATCH = 500


class NotOnTheTeam(DomainError):
    """The observer is not on the season's team, or has left it."""

    code: ClassVar[str] = "not_on_the_team"


class SeasonOver(DomainError):
    """The season is closed, so nobody joins its team."""

    code: ClassVar[str] = "season_over"


@transaction.atomic
def join_team(season_id: int, observer_ids: Collection[int], *, by: User) -> list[TeamMember]:
    """Take observers into the season's team; who has left it comes back, who is on it stays. Return the new ones."""
    season = Season.objects.select_for_update(of=("self",)).get(pk=season_id)
    if not by.has_perm(CHANGE_TEAM, season):
        raise PermissionDenied
    if season.state in {SeasonState.CLOSED, SeasonState.PUBLISHED}:
        raise SeasonOver(_("%(season)s is closed. Nobody can join its team any more.") % {"season": season})
    known = {member.observer_id: member for member in season.team.select_related("observer")}
    wanted = Observer.objects.filter(pk__in=observer_ids, organiser=season.organiser_id).order_by("pk")
    new, returned = [], []
    for observer in wanted:
        member = known.get(observer.pk)
        if member is None:
            new.append(TeamMember(season=season, observer=observer, added_by=by))
        elif member.left_at is not None:
            member.left_at, member.left_reason, member.added_by = None, "", by
            returned.append(member)
    TeamMember.objects.bulk_create(new, batch_size=BATCH)
    TeamMember.objects.bulk_update(returned, ["left_at", "left_reason", "added_by"], batch_size=BATCH)
    joined = [*new, *returned]
    _announce(season, joined, verb="team.joined", has_left=False, by=by)
    return joined


@transaction.atomic
def leave_team(season_id: int, observer_id: int, *, reason: str, by: User, now: datetime) -> TeamMember:
    """Note that an observer has left the season's team, and why; what they were to do is for others to plan anew."""
    season = Season.objects.select_for_update(of=("self",)).get(pk=season_id)
    if not by.has_perm(CHANGE_TEAM, season):
        raise PermissionDenied
    members = season.team.current().select_for_update(of=("self",)).select_related("observer")
    member = members.filter(observer=observer_id).first()
    if member is None:
        raise NotOnTheTeam(_("The observer is not on the team any more. Reload the page."))
    member.left_at, member.left_reason = now, checked_reason(reason)
    member.save(update_fields=["left_at", "left_reason"])
    _announce(season, [member], verb="team.left", has_left=True, by=by, reason=member.left_reason)
    return member


def _announce(season: Season, members: list[TeamMember], *, verb: str, has_left: bool, by: User, **detail: str) -> None:
    """Write down and tell who came or went, if anybody did."""
    if not members:
        return
    events = [AuditEvent.of(by, verb, member.observer, season=season.code, **detail) for member in members]
    AuditEvent.objects.bulk_create(events, batch_size=BATCH)
    keys = [member.observer_id for member in members]
    team_changed.send(sender=TeamMember, season=season, observer_ids=keys, has_left=has_left, by=by)
