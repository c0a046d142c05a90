"""What needs somebody today, the most pressing first, each with where to do it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assignments.letters.models import Letter
from assignments.plans.models import PlanProposal
from assignments.plans.workflow import ProposalKind, ProposalState
from ksp.accounts.models import User
from ksp.lib.formatting import iso_week, number
from observers.applications.models import Application
from observers.applications.workflow import ApplicationState
from participants.models import Season
from participants.workflow import SeasonState
from reports.season_links import season_link
from reports.selectors.follow_up import Kind
from reports.selectors.progress import SOON_WEEKS, SeasonProgress, Stage
from reports.selectors.shifts import latest_shifts
from reports.shift_words import evidence_of, headline_of
from responses.deadlines import LATE

# Of shifts only the first ones are told here; the rest is on their page.
MOST_SHIFTS = 3


@dataclass(frozen=True, slots=True)
class Signal:
    """Something that needs somebody, and where to do it."""

    icon: str
    text: str
    note: str
    url: str


def signals_of(found: SeasonProgress, *, user: User, now: datetime) -> list[Signal]:
    """Return what needs somebody, in three queries and those of the shifts; what has no page is left out."""
    season = found.season
    signals = [*_shifts(season, now), *_late(found), *_planning(season, user), *_waiting(found), *_people(season, user)]
    return [signal for signal in signals if signal.url]


def _shifts(season: Season, now: datetime) -> Iterator[Signal]:
    if season.state != SeasonState.OPEN:
        return
    for shift in latest_shifts(season, now=now)[:MOST_SHIFTS]:
        url = season_link("reports:shifts", season, measure=shift.measure, of=f"{shift.part}:{shift.key}")
        yield Signal("chart-column", headline_of(shift), evidence_of(shift), url)


def _late(found: SeasonProgress) -> Iterator[Signal]:
    if count := found.late_reviews:
        text = ngettext("%(count)s report is past its deadline", "%(count)s reports are past their deadline", count)
        note = _("Observers and participants wait for them to be read.")
        url = season_link("responses:queue", found.season, age=LATE)
        yield Signal("clock", text % {"count": number(count)}, note, url)
    if count := found.late:
        text = ngettext(
            "%(count)s contact lacks a report though its week is over",
            "%(count)s contacts lack a report though their week is over",
            count,
        )
        note = _("The oldest is from %(week)s.") % {"week": iso_week(found.late_since)}
        url = season_link("reports:follow_up", found.season, kind=Kind.LATE)
        yield Signal("triangle-alert", text % {"count": number(count)}, note, url)
    if count := found.unassigned_soon:
        text = ngettext(
            "%(count)s contact up to %(week)s has no observer",
            "%(count)s contacts up to %(week)s have no observer",
            count,
        )
        words = {"count": number(count), "week": iso_week(found.this_week + SOON_WEEKS)}
        url = season_link("reports:follow_up", found.season, kind=Kind.UNASSIGNED)
        yield Signal("user", text % words, _("Offer them to somebody whom every rule allows."), url)


def _planning(season: Season, user: User) -> Iterator[Signal]:
    """Tell of a plan that is ready to be approved; a repair changes only what must change."""
    ready = PlanProposal.objects.visible_to(user).filter(season=season, state=ProposalState.READY)
    kinds = list(ready.order_by("pk").values_list("kind", "occasion"))
    url = season_link("plans:home", season)
    repairs = [occasion for kind, occasion in kinds if kind == ProposalKind.REPAIR]
    if repairs:
        note = _(repairs[-1]) if repairs[-1] else _("It changes only what must change.")
        yield Signal("calendar-days", _("A new plan for what fell away waits for your approval"), note, url)
    elif kinds:
        note = _("Nothing of it holds before you approve it.")
        yield Signal("calendar-days", _("A plan for the season is ready"), note, url)


def _waiting(found: SeasonProgress) -> Iterator[Signal]:
    if count := found.stages.get(Stage.OFFERED, 0):
        text = ngettext("%(count)s offer has no answer", "%(count)s offers have no answer", count)
        url = season_link("assignments:list", found.season, state=Stage.OFFERED.value)
        yield Signal("mail-open", text % {"count": number(count)}, _("The observers have not said yes or no."), url)
    if count := found.not_in_plan:
        text = ngettext("%(count)s contact is not in the plan", "%(count)s contacts are not in the plan", count)
        words = {"planned": number(found.planned), "contacts": number(found.contacts)}
        note = _("The participants are to have %(planned)s contacts; %(contacts)s are planned.") % words
        url = season_link("plans:home", found.season) or season_link("assignments:list", found.season)
        yield Signal("calendar-days", text % {"count": number(count)}, note, url)


def _people(season: Season, user: User) -> Iterator[Signal]:
    if count := Letter.objects.visible_to(user).filter(season=season).held().count():
        text = ngettext("%(count)s letter is held back", "%(count)s letters are held back", count)
        note = _("The observers hear nothing until you send them.")
        yield Signal("mail", text % {"count": number(count)}, note, season_link("letters:outbox", season))
    applied = Application.objects.visible_to(user).filter(season=season, state=ApplicationState.SUBMITTED)
    if count := applied.count():
        text = ngettext("%(count)s application waits", "%(count)s applications wait", count)
        note = _("Observers wait to hear whether they are on the team.")
        yield Signal("users", text % {"count": number(count)}, note, season_link("applications:list", season))
