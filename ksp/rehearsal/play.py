"""Plays a season week by week through the services: offers, answers, contacts, reviews, scores."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Final

import numpy as np
from django.db import transaction
from django.utils.translation import gettext as _

from assignments.batches import Act, accept_offered, offer_planned
from assignments.eligibility import candidates
from assignments.models import Assignment
from assignments.plans.models import PlanProposal
from assignments.plans.services import apply_proposal, make_proposal, request_plan, reschedule_assignment
from assignments.plans.workflow import ProposalState
from assignments.services import (
    accept_assignment,
    decline_assignment,
    expire_assignment,
    offer_assignment,
    read_manual,
)
from assignments.workflow import AssignmentState
from ksp.accounts.models import OwedMail, User
from ksp.lib.calendar import OSLO
from ksp.lib.weeks import IsoWeek
from ksp.rehearsal.comments import sentence
from ksp.rehearsal.lists import METHODS
from ksp.rehearsal.maker import REJECT, Key, Maker, Story
from ksp.rehearsal.progress import Progress
from ksp.rehearsal.shape import Shape
from ksp.rehearsal.stage import INVENTED, Stage
from observers.models import Observer
from responses.batches import Approval, MadeContact, approve_responses, record_contacts
from responses.models import ReviewNote
from responses.services import reject_response, reply_to_note, return_response, submit_response

OFFERED_BEFORE: Final = timedelta(days=10)
OFFER_HOUR: Final = time(12)
# How long an offer stands before it is let lapse.
OFFER_LIFE: Final = timedelta(days=6)
DECLINED, IGNORED = 0.035, 0.01
MEAN_HOURS_TO_ANSWER: Final = 44
REPLACED_AFTER: Final = timedelta(hours=20)
# A rejected contact is made anew so many weeks later.
WEEKS_LATER: Final = 3
ANSWERS: Final = 17


@dataclass(frozen=True)
class PlanFigures:
    """What became of the season's plan."""

    contacts: int
    unassigned: int


@dataclass
class Play:
    """A season on its stage, played up to ``now``."""

    stage: Stage
    shape: Shape
    maker: Maker
    now: datetime
    progress: Progress
    weeks: list[IsoWeek] = field(init=False)
    keys: dict[str, Key] = field(default_factory=dict)
    _team: list[Observer] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.weeks = self.shape.weeks()

    @property
    def manager(self) -> User:
        """Whoever plans."""
        return self.stage.managers[0]

    def plan(self) -> PlanFigures:
        """Plan the season, and remember which contact of its participant each one is."""
        season = self.stage.season
        asked = request_plan(season.pk, seed=self.shape.seed, by=self.manager)
        proposal = make_proposal(asked.pk)
        if proposal is None or proposal.state != ProposalState.READY:
            raise RuntimeError(proposal.error if proposal else asked.pk)
        apply_proposal(proposal.pk, offer_until=None, now=self.stage.opened_at, by=self.manager)
        PlanProposal.objects.filter(pk=proposal.pk).update(requested_at=self.stage.opened_at)
        figures = PlanFigures(proposal.figures["contacts"], proposal.figures["unassigned"])
        counts: dict[tuple[str, str], int] = {}
        rows = season.assignments.order_by("code").values_list("code", "participant__code", "method")
        for code, centre, method in rows:
            ordinal = counts.get((centre, method), 0)
            counts[centre, method] = ordinal + 1
            self.keys[code] = Key(centre, method, ordinal)
        self.maker.prepare_ties(self.keys.values())
        return figures

    def play(self) -> None:
        """Play every week that has begun to be offered."""
        self._read_manual()
        for place, week in enumerate(self.weeks):
            offered_at = datetime.combine(week.monday(), OFFER_HOUR, OSLO) - OFFERED_BEFORE
            if offered_at > self.now:
                return
            self.progress.step(_("Week %(number)s") % {"number": week.week}, weight=2)
            self._team = self._fresh_team()
            with transaction.atomic():
                self._offer(week, offered_at)
                self._contact(place)

    def key(self, assignment: Assignment) -> Key:
        """Return which contact it is, also when it was planned anew."""
        root, _dot, again = assignment.code.partition(".")
        key = self.keys[root]
        return Key(key.centre, key.method, key.ordinal, int(again or 1) - 1)

    def _fresh_team(self) -> list[Observer]:
        """Return the team as it is now: scores change with every week's grades."""
        keys = [observer.pk for observer in self.stage.observers.values()]
        return list(Observer.objects.filter(pk__in=keys).select_related("user").order_by("code"))

    def _read_manual(self) -> None:
        """Let everybody of the team say that they have read the manual."""
        for observer in self.stage.observers.values():
            if observer.user is not None:
                read_manual(self.stage.season.pk, now=self.stage.opened_at, by=observer.user)

    # Offers

    def _offer(self, week: IsoWeek, offered_at: datetime) -> None:
        """Offer the week's contacts, and let everybody answer who would have by now."""
        planned = Assignment.objects.filter(season=self.stage.season, week=str(week), state=AssignmentState.PLANNED)
        keys = list(planned.order_by("code").values_list("pk", flat=True))
        offered = offer_planned(keys, now=offered_at, by=self.manager)
        taken = {item.pk for item in offered}
        for item in planned.exclude(pk__in=taken).order_by("code"):
            self._find_another(item, offered_at)
        self._answer(offered)

    def _answer(self, offered: Iterable[Assignment]) -> None:
        """Let the observers accept, decline, or leave the offer unanswered."""
        acts: dict[int, Act] = {}
        fallen: list[tuple[Assignment, datetime, bool]] = []
        for item in offered:
            rng = self._rng(item)
            answered_at = self._answer_time(item, rng)
            draw, user = rng.random(), item.observer.user if item.observer else None
            if draw < IGNORED and item.offered_at and item.offered_at + OFFER_LIFE <= self.now:
                fallen.append((item, item.offered_at + OFFER_LIFE, True))
            elif draw < IGNORED or answered_at > self.now or user is None:
                continue
            elif draw < IGNORED + DECLINED:
                fallen.append((item, answered_at, False))
            else:
                acts[item.pk] = Act(user, answered_at)
        accept_offered(acts)
        for item, moment, is_ignored in fallen:
            self._replace(item, moment, is_ignored=is_ignored)

    def _replace(self, item: Assignment, moment: datetime, *, is_ignored: bool) -> None:
        """Let an offer lapse or be declined, and find somebody else."""
        user = item.observer.user if item.observer else None
        if is_ignored or user is None:
            expire_assignment(item.pk, by=self.manager)
        else:
            reason = sentence("declines", "reasons", self._rng(item))
            decline_assignment(item.pk, reason=reason, now=moment, by=user)
        fresh = Assignment.objects.get(replaces=item)
        if moment + REPLACED_AFTER <= self.now:
            self._find_another(fresh, moment + REPLACED_AFTER)

    def _find_another(self, item: Assignment, moment: datetime) -> None:
        """Offer a contact to the least loaded observer whom every rule allows, who accepts; else move it on a week."""
        item = Assignment.objects.select_related("season").get(pk=item.pk)
        judged = candidates(item, self._team)
        able = [one for one in judged if one.is_eligible]
        if not able:
            place = self.weeks.index(IsoWeek.parse(item.week)) + 1
            if place < len(self.weeks):
                reschedule_assignment(item.pk, week=self.weeks[place], by=self.manager)
            return
        chosen: Observer = min(able, key=lambda one: (one.facts.load_in_season, one.facts.observer.code)).facts.observer
        offer_assignment(item.pk, observer_id=chosen.pk, now=moment, by=self.manager)
        accepted_at = moment + timedelta(hours=5)
        if chosen.user is not None and accepted_at <= self.now:
            accept_assignment(item.pk, now=accepted_at, by=chosen.user)

    def _answer_time(self, item: Assignment, rng: np.random.Generator) -> datetime:
        hours = min(float(rng.exponential(MEAN_HOURS_TO_ANSWER)), OFFER_LIFE.days * 24 - 12)
        return (item.offered_at or self.now) + timedelta(seconds=int(hours * 3600))

    def _rng(self, item: Assignment) -> np.random.Generator:
        key = self.key(item)
        place = self.maker.places[key.centre]
        return np.random.default_rng(
            [self.shape.seed, ANSWERS, place, METHODS.index(key.method), key.ordinal, key.again]
        )

    # Contacts and reviews

    def _contact(self, place: int) -> None:
        """Let everybody make the week's contacts, write, and have the reports read."""
        rows = Assignment.objects.filter(
            season=self.stage.season, week=str(self.weeks[place]), state=AssignmentState.ACCEPTED
        )
        accepted = list(rows.select_related("observer__user", "enrolment__award_class").order_by("code"))
        stories = {item.pk: self.maker.story(self.key(item), item) for item in accepted}
        made = [
            self._made(item, stories[item.pk]) for item in accepted if stories[item.pk].timeline.started_at <= self.now
        ]
        by_key = {item.pk: item for item in accepted}
        reports = [
            self._read(response.pk, stories[response.assignment_id], by_key[response.assignment_id])
            for response in record_contacts(made)
            if stories[response.assignment_id].timeline.reviewed_at <= self.now
        ]
        self._review(reports, place)

    def _read(self, key: int, story: Story, assignment: Assignment) -> "_Report":
        """Return the report with the manager of its class, who has read it, and its author."""
        managers = self.stage.managers
        reviewer = managers[self.maker.class_number(self.key(assignment).centre) % len(managers)]
        return _Report(key, story, reviewer, _user_of(assignment))

    def _made(self, item: Assignment, story: Story) -> MadeContact:
        timeline = story.timeline
        is_submitted = timeline.submitted_at <= self.now
        return MadeContact(
            assignment_id=item.pk,
            by=_user_of(item),
            started_at=timeline.started_at,
            attempts=timeline.attempts_until(self.now),
            values=story.first_values if is_submitted else self._half(story),
            submitted_at=timeline.submitted_at if is_submitted else None,
            now=self.now,
        )

    def _half(self, story: Story) -> dict[str, str]:
        """Return the answers that a report under way has so far."""
        timeline = story.timeline
        if timeline.over_at > self.now:
            return {}
        part = (self.now - timeline.over_at) / max(timeline.submitted_at - timeline.over_at, timedelta(seconds=1))
        count = int(len(story.values) * min(max(part, 0.2), 0.9))
        return dict(list(story.first_values.items())[:count])

    def _review(self, reports: "Sequence[_Report]", place: int) -> None:
        """Let every report that has been read be returned, rejected or approved."""
        approvals = []
        for report in reports:
            story = report.story
            is_last = place + WEEKS_LATER >= len(self.weeks)
            if story.mending is not None:
                if self._mend(report):
                    approvals.append(_approval(report, story.timeline.approved_at))
            elif story.verdict == REJECT and not is_last:
                self._reject(report, place)
            else:
                approvals.append(_approval(report, story.timeline.reviewed_at))
        approve_responses(approvals)

    def _mend(self, report: "_Report") -> bool:
        """Send a report back, have it mended, and tell whether it has been read again by now."""
        mending, timeline = report.story.mending, report.story.timeline
        if mending is None:
            return False
        notes = {mending.question: mending.note}
        return_response(report.key, notes=notes, note=mending.whole, now=timeline.reviewed_at, by=report.reviewer)
        if timeline.mended_at > self.now:
            return False
        for note in ReviewNote.objects.filter(response=report.key, question__isnull=False):
            reply_to_note(note.pk, reply=mending.reply, now=timeline.mended_at, by=report.author)
        values = {mending.question: mending.after}
        submit_response(report.key, values=values, now=timeline.mended_at, by=report.author)
        return timeline.approved_at <= self.now

    def _reject(self, report: "_Report", place: int) -> None:
        """Refuse a report; the contact is made anew some weeks later."""
        story = report.story
        response = reject_response(report.key, reason=story.reason, now=story.timeline.reviewed_at, by=report.reviewer)
        fresh = Assignment.objects.get(replaces=response.assignment_id)
        reschedule_assignment(fresh.pk, week=self.weeks[place + WEEKS_LATER], by=self.manager)


@dataclass(frozen=True)
class _Report:
    """A submitted report that a manager has read by now."""

    key: int
    story: Story
    reviewer: User
    author: User


def _user_of(assignment: Assignment) -> User:
    """Return the account of the contact's observer: only those who have one are offered contacts."""
    if assignment.observer is None or assignment.observer.user is None:
        raise LookupError(assignment.code)
    return assignment.observer.user


def _approval(report: _Report, moment: datetime) -> Approval:
    return Approval(response_id=report.key, grade=report.story.grade, now=moment, by=report.reviewer)


def forget_invented_mail(stage: Stage) -> None:
    """Take back the mail that play has owed to people who do not exist."""
    owed = OwedMail.objects.filter(organiser=stage.season.organiser_id, sent_at=None)
    owed.filter(to__endswith=f"@{INVENTED}").delete()
