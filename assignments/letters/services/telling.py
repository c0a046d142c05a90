"""Puts news for observers into their open letters."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from functools import reduce
from operator import or_

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from assignments.letters.models import Letter, Notice
from assignments.letters.silence import is_silent
from assignments.letters.workflow import NoticeKind, together
from assignments.models import Assignment
from assignments.workflow import AssignmentState
from ksp.accounts.models import AuditEvent, User
from ksp.lib.calendar import local_date
from participants.models import Season
from participants.workflow import SeasonState

BATCH = 500
Address = tuple[int, int]


@transaction.atomic
def tell(
    assignments: Iterable[Assignment],
    *,
    kind: NoticeKind,
    by: User,
    is_held: bool = False,
    now: datetime | None = None,
    weeks_before: Mapping[int, str] | None = None,
) -> int:
    """Put the news into the open letter of each contact's observer; return how many observers will hear of it.

    News that cancels news of the same letter leaves nothing to tell. Whoever has no account cannot be told.
    """
    now = now or timezone.now()
    by_address: dict[Address, list[Assignment]] = {}
    for item in () if is_silent() else assignments:
        if item.observer is not None and item.observer.user_id is not None and item.observer_id is not None:
            by_address.setdefault((item.season_id, item.observer_id), []).append(item)
    if not by_address:
        return 0
    letters = _open_letters(by_address, now=now, is_held=is_held)
    if is_held:
        Letter.objects.filter(pk__in=[one.pk for one in letters.values() if not one.is_held]).update(is_held=True)
    before = weeks_before or {}
    fresh = [
        Notice(
            letter=letters[address],
            assignment=item,
            kind=kind,
            week_before=before.get(item.pk, ""),
            noted_at=now,
            noted_by=by,
        )
        for address, items in by_address.items()
        for item in items
    ]
    _write(letters.values(), fresh)
    return len(by_address)


def _open_letters(
    addresses: Mapping[Address, list[Assignment]], *, now: datetime, is_held: bool
) -> dict[Address, Letter]:
    """Lock the open letter to each address, which is begun where there is none."""
    letters = _locked(addresses.keys())
    while missing := addresses.keys() - letters.keys():
        rows = [
            _begin(addresses[address][0].season, address[1], now=now, is_held=is_held) for address in sorted(missing)
        ]
        # Where somebody else begins the same letter at this moment, theirs is the one; where it is sent before we
        # have locked it, the next turn begins another.
        Letter.objects.bulk_create(rows, ignore_conflicts=True, batch_size=BATCH)
        letters |= _locked(missing)
    return letters


def _locked(addresses: Collection[Address]) -> dict[Address, Letter]:
    by_season: dict[int, list[int]] = {}
    for season, observer in addresses:
        by_season.setdefault(season, []).append(observer)
    wanted = reduce(or_, (Q(season=season, observer__in=observers) for season, observers in by_season.items()))
    rows = Letter.objects.open().filter(wanted).select_for_update().order_by("pk").defer("body")
    return {(one.season_id, one.observer_id): one for one in rows}


def _begin(season: Season, observer_id: int, *, now: datetime, is_held: bool) -> Letter:
    waits = timedelta(minutes=season.settings.letters_wait_minutes)
    return Letter(season=season, observer_id=observer_id, is_held=is_held, begun_at=now, send_at=now + waits)


def _write(letters: Collection[Letter], fresh: list[Notice]) -> None:
    """Add the notices to what their letters tell already; a letter that has nothing left to tell is gone."""
    keys = [one.assignment_id for one in fresh]
    known = {one.assignment_id: one for one in Notice.objects.filter(letter__in=letters, assignment__in=keys)}
    Notice.objects.bulk_create((one for one in fresh if one.assignment_id not in known), batch_size=BATCH)
    if not known:
        return
    changed, over = [], []
    for one in fresh:
        old = known.get(one.assignment_id)
        if old is None:
            continue
        kind = together(old.kind, one.kind)
        if kind is None:
            over.append(old.pk)
        elif kind != old.kind:
            old.kind, old.noted_at, old.noted_by = kind, one.noted_at, one.noted_by
            old.week_before = old.week_before or one.week_before
            changed.append(old)
    Notice.objects.bulk_update(changed, ["kind", "noted_at", "noted_by", "week_before"], batch_size=BATCH)
    if over:
        Notice.objects.filter(pk__in=over).delete()
        Letter.objects.filter(pk__in=[one.pk for one in letters], notices=None).delete()


@transaction.atomic
def remind(assignment_ids: Collection[int], *, by: User, now: datetime) -> int:
    """Remind observers of offers to answer and contacts to make; return how many are reminded.

    Nobody is reminded of the same contact twice in a day, nor while a season is not open.
    """
    rows = Assignment.objects.filter(
        pk__in=list(assignment_ids),
        state__in=[AssignmentState.OFFERED, AssignmentState.ACCEPTED],
        season__state=SeasonState.OPEN,
        observer__user__isnull=False,
    )
    found = list(rows.select_related("season", "observer__user").defer("season__manual").order_by("pk"))
    seasons = {item.season_id: item.season for item in found}
    if not all(by.has_perm("assignments.plan_assignment", season) for season in seasons.values()):
        raise PermissionDenied
    today = datetime.combine(local_date(now), datetime.min.time(), tzinfo=timezone.get_default_timezone())
    earlier = Notice.objects.filter(assignment__in=found, kind=NoticeKind.REMINDER, noted_at__gte=today)
    reminded = set(earlier.values_list("assignment_id", flat=True))
    fresh = [item for item in found if item.pk not in reminded]
    told = tell(fresh, kind=NoticeKind.REMINDER, by=by, now=now)
    AuditEvent.objects.bulk_create((AuditEvent.of(by, "assignment.reminded", item) for item in fresh), batch_size=BATCH)
    return told


@transaction.atomic
def forget_open_letters(season_id: int, *, observer_ids: Collection[int] | None = None, by: User) -> int:
    """Throw away the season's open letters, or those to some observers, as if there were no news; return how many."""
    season = Season.objects.get(pk=season_id)
    if not by.has_perm("letters.send_letter", season):
        raise PermissionDenied
    rows = Letter.objects.open().filter(season=season)
    if observer_ids is not None:
        rows = rows.filter(observer__in=list(observer_ids))
    keys = list(rows.select_for_update().values_list("pk", flat=True))
    Letter.objects.filter(pk__in=keys).delete()
    return len(keys)
