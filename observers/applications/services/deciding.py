"""What managers do with applications: accept them into the team, or decline them."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from ksp.accounts.models import AuditEvent, OwedMail, User
from ksp.accounts.services import owe_mails
from ksp.lib.weeks import IsoWeek
from ksp.lib.workflow import Transition
from observers.applications import emails
from observers.applications.models import Application, DeclaredRelation
from observers.applications.services.reasons import MOST_LETTERS, ReasonMissing, checked_reason
from observers.applications.services.team import BATCH, join_team
from observers.applications.signals import relations_reported
from observers.applications.workflow import ACCEPT, DECLINE
from observers.models import CustomerRelation, Observer
from participants.models import Season
from participants.workflow import SeasonState

# What an accepted application makes of the observer's profile.
COPIED = ("methods", "weeks", "weekly_capacity", "season_capacity")
PROFILE = (*COPIED, "county", "available_from", "available_to")

__all__ = ["Decided", "ReasonMissing", "decide_applications"]


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of a decision about several: those it holds for, and those somebody had decided already."""

    decided: list[Application]
    passed_over: list[Application]


@transaction.atomic
def decide_applications(
    application_ids: Collection[int], *, accept: bool, reason: str = "", by: User, now: datetime
) -> Decided:
    """Accept or decline applications, tell each applicant, and take the accepted into their seasons' teams."""
    move = ACCEPT if accept else DECLINE
    kept = reason.strip()[:MOST_LETTERS] if accept else checked_reason(reason)
    rows = Application.objects.select_for_update(of=("self",)).select_related("season__organiser", "observer__user")
    found = list(rows.filter(pk__in=application_ids).order_by("pk"))
    if not all(by.has_perm(move.permission, application) for application in found):
        raise PermissionDenied
    ready = [application for application in found if application.state in move.sources]
    _decide(ready, move, reason=kept, by=by, now=now)
    if accept:
        _take_in(ready, by=by)
    owe_mails([mail for application in ready for mail in _mail(application)])
    return Decided(ready, [application for application in found if application not in ready])


def _decide(ready: Sequence[Application], move: Transition, *, reason: str, by: User, now: datetime) -> None:
    for application in ready:
        application.state, application.decision_reason = move.target, reason
        application.decided_at, application.decided_by, application.changed_at = now, by, now
    fields = ["state", "decision_reason", "decided_at", "decided_by", "changed_at"]
    Application.objects.bulk_update(ready, fields, batch_size=BATCH)
    events = [AuditEvent.of(by, move.verb, application, reason=reason) for application in ready]
    AuditEvent.objects.bulk_create(events, batch_size=BATCH)


def _take_in(ready: Sequence[Application], *, by: User) -> None:
    """Copy what was offered into the profiles, keep what was declared, and let the observers join."""
    observers = [application.observer for application in ready]
    others = list(Season.objects.exclude(state__in=(SeasonState.CLOSED, SeasonState.PUBLISHED)))
    events = []
    for application, observer in zip(ready, observers, strict=True):
        before = _profile(observer)
        for name in COPIED:
            setattr(observer, name, getattr(application, name))
        observer.weeks = _weeks_with_others(application, known=before["weeks"] or _weeks_free(observer, others))
        # The weeks say it all from here on.
        observer.available_from = observer.available_to = None
        observer.county = application.county or observer.county
        after = _profile(observer)
        changed = [name for name in PROFILE if before[name] != after[name]]
        if changed:
            old, new = ({name: known[name] for name in changed} for known in (before, after))
            events.append(AuditEvent.of(by, "observer.changed", observer, before=old, after=new))
    Observer.objects.bulk_update(observers, PROFILE, batch_size=BATCH)
    AuditEvent.objects.bulk_create(events, batch_size=BATCH)
    _keep_relations(ready, by=by)
    for season_id in sorted({application.season_id for application in ready}):
        members = [application.observer_id for application in ready if application.season_id == season_id]
        join_team(season_id, members, by=by)


def _weeks_with_others(application: Application, *, known: Iterable[str]) -> list[str]:
    """Return the weeks that were offered, and those from before that lie outside the season: they are another's."""
    first, last = (str(IsoWeek.of(day)) for day in (application.season.starts_on, application.season.ends_on))
    others = (week for week in known if not first <= week <= last)
    return sorted({*application.weeks, *others})


def _weeks_free(observer: Observer, seasons: Iterable[Season]) -> list[str]:
    """Name the weeks of the seasons for one whose profile names none: all between the days it has."""
    first = IsoWeek.of(observer.available_from or date.min)
    last = IsoWeek.of(observer.available_to or date.max)
    own = [season for season in seasons if season.organiser_id == observer.organiser_id]
    weeks = (week for one in own for week in IsoWeek.range(IsoWeek.of(one.starts_on), IsoWeek.of(one.ends_on)))
    return [str(week) for week in weeks if first <= week <= last]


def _profile(observer: Observer) -> dict[str, Any]:
    known = {name: getattr(observer, name) for name in PROFILE}
    return known | {name: day.isoformat() if (day := known[name]) else None for name in PROFILE[-2:]}


def _keep_relations(ready: Sequence[Application], *, by: User) -> None:
    """Write what was declared beside what was known, and tell of the pairs that nobody knew."""
    declared = DeclaredRelation.objects.filter(application__in=ready).order_by("pk")
    told = list(declared.values_list("application__observer", "participant", "kind"))
    stored = CustomerRelation.objects.filter(observer__in=[application.observer_id for application in ready])
    known = {(observer, participant) for observer, participant in stored.values_list("observer", "participant")}
    new = [row for row in told if row[:2] not in known]
    CustomerRelation.objects.bulk_create(
        (CustomerRelation(observer_id=one, participant_id=other, kind=kind) for one, other, kind in new),
        batch_size=BATCH,
    )
    if new:
        pairs = [(observer, participant) for observer, participant, _kind in new]
        relations_reported.send(sender=CustomerRelation, pairs=pairs, by=by)


def _mail(application: Application) -> list[OwedMail]:
    """Return the mail about the decision, none where there is no address."""
    observer = application.observer
    to = observer.user.email if observer.user else observer.email
    if not to:
        return []
    subject, body = emails.decision(application)
    return [OwedMail(organiser_id=application.season.organiser_id, to=to, subject=subject, body=body)]
