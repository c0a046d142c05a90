"""Gives the observer whom the demo shows an assignment and a report in every state."""

from datetime import datetime, time, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Count

from assignments.batches import offer_planned
from assignments.models import Assignment, AssignmentQuerySet
from assignments.plans.selectors import repairs_waiting
from assignments.plans.services import make_proposal
from assignments.services import (
    accept_assignment,
    cancel_assignment,
    decline_assignment,
    expire_assignment,
    withdraw_assignment,
)
from assignments.workflow import OPEN, AssignmentState
from ksp.accounts.models import User
from ksp.lib.calendar import OSLO
from ksp.lib.weeks import IsoWeek
from ksp.rehearsal.play import Play
from observers.applications.services import leave_team
from responses.batches import MadeContact, record_contacts
from responses.models import SurveyResponse
from responses.services import return_response
from responses.waiting import Attempt
from responses.workflow import ReportState

WEEKS_AHEAD: Final = 3
# One each to decline, to let lapse, to withdraw and to accept, and one that stays; not every one can be offered.
FEWEST_OFFERS: Final = 7
DRAFT_SHARE: Final = 0.55
ANSWERED_AFTER: Final = timedelta(seconds=48)
WITHDRAWN = "Deltakeren har stengt denne kontaktmåten i uka du skulle ta kontakt."
LEFT = "Har fått ny jobb og rekker det ikke ved siden av."
DECLINED = "Jeg er på kurs den uka."
NOTE = "Svaret og kommentaren spriker her. Hva stemmer?"
WHOLE = "Fin rapport. Ett punkt trenger et svar fra deg."


@transaction.atomic
def show_every_state(play: Play) -> None:
    """Let the first of the team have something in every state, as far as the season has come."""
    observer = next(iter(play.stage.observers.values()))
    if observer.user is None:
        return
    own = Assignment.objects.filter(season=play.stage.season, observer=observer).order_by("week", "code")
    _offer_more(play, own)
    _let_go(play, own, observer.user)
    _begin_a_report(play, own, observer.user)
    _have_one_returned(play, observer.user)


def _offer_more(play: Play, own: AssignmentQuerySet) -> None:
    """Offer what is planned for the next weeks, now; and so much of the later ones that there is one for each state."""
    this_week = IsoWeek.of(play.now)
    planned = own.filter(state=AssignmentState.PLANNED, week__gt=str(this_week))
    soon = planned.filter(week__lte=str(this_week + WEEKS_AHEAD)).count()
    wanted = FEWEST_OFFERS - own.filter(state=AssignmentState.OFFERED).count()
    keys = list(planned.values_list("pk", flat=True)[: max(soon, wanted, 0)])
    offer_planned(keys, now=play.now - timedelta(hours=3), by=play.manager)


def _let_go(play: Play, own: AssignmentQuerySet, user: User) -> None:
    """Have one declined, one lapsed, one withdrawn and one cancelled, the latest weeks first; keep one offer."""
    offered = list(own.filter(state=AssignmentState.OFFERED).order_by("-week", "code").values_list("pk", flat=True))
    moment = play.now - timedelta(hours=1)
    if len(offered) > 1:
        decline_assignment(offered.pop(), reason=DECLINED, now=moment, by=user)
    if len(offered) > 1:
        expire_assignment(offered.pop(), by=play.manager)
    if len(offered) > 1:
        withdraw_assignment(offered.pop(), reason=WITHDRAWN, by=play.manager)
    if len(offered) > 1:
        accept_assignment(offered.pop(), now=moment, by=user)
    later = own.filter(state=AssignmentState.PLANNED).last()
    if later is not None:
        cancel_assignment(later.pk, by=play.manager)


def _begin_a_report(play: Play, own: AssignmentQuerySet, user: User) -> None:
    """Have one contact made and its report half written, unless there is one."""
    drafts = SurveyResponse.objects.filter(observer__user=user, season=play.stage.season, state=ReportState.DRAFT)
    if any(draft.answers.exists() for draft in drafts):
        return
    moment = _last_contact_time(play)
    for item in own.filter(state=AssignmentState.ACCEPTED).exclude(method="email").select_related("observer__user"):
        story = play.maker.story(play.key(item), item)
        if not story.values or SurveyResponse.objects.filter(assignment=item).exists():
            continue
        count = int(len(story.values) * DRAFT_SHARE)
        made = MadeContact(
            assignment_id=item.pk,
            by=user,
            started_at=moment,
            attempts=[Attempt(1, moment, moment + ANSWERED_AFTER)],
            values=dict(list(story.values.items())[:count]),
            submitted_at=None,
            now=play.now,
        )
        record_contacts([made])
        return


def _last_contact_time(play: Play) -> datetime:
    """Return a moment within the latest contact hours."""
    local = play.now.astimezone(OSLO)
    calendar = play.shape.calendar
    if calendar.is_working_day(local.date()) and local.time() > time(10):
        return datetime.combine(local.date(), min(time(local.hour - 1, 12), time(14, 12)), OSLO)
    day = calendar.add_working_days(local.date(), -1)
    return datetime.combine(day, time(13, 12), OSLO)


def _have_one_returned(play: Play, user: User) -> None:
    """Have one report sent back and not mended yet, and one that waits, unless there are."""
    reports = SurveyResponse.objects.filter(observer__user=user, season=play.stage.season)
    if reports.filter(state=ReportState.RETURNED).exists():
        return
    waiting = reports.filter(state=ReportState.SUBMITTED, is_answered=True).order_by("submitted_at").first()
    if waiting is not None:
        notes = {"agent_advice": NOTE}
        moment = play.now - timedelta(hours=2)
        return_response(waiting.pk, notes=notes, note=WHOLE, now=moment, by=play.manager)


@transaction.atomic
def lose_an_observer(play: Play) -> None:
    """Have one of the team leave, and what they were to do planned anew: a repair that waits for a manager."""
    season, shown = play.stage.season, next(iter(play.stage.observers.values()))
    coming = Assignment.objects.filter(season=season, state__in=OPEN, week__gt=str(IsoWeek.of(play.now)))
    counts = coming.exclude(observer=None).exclude(observer=shown).values("observer").annotate(contacts=Count("pk"))
    leaver = counts.order_by("-contacts", "observer__code").first()
    if leaver is None:
        return
    leave_team(season.pk, leaver["observer"], reason=LEFT, now=play.now - timedelta(hours=2), by=play.manager)
    waiting = repairs_waiting(season)
    if waiting is not None:
        make_proposal(waiting.pk)
