"""Which contacts of a season must change, and why: nothing else does when it is planned anew."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from assignments.begun import begun_in
from assignments.models import Assignment
from assignments.planning import NOBODY, Plan
from assignments.plans.people import METHODS
from assignments.plans.rows import Row, plan_of, standing_rows
from assignments.plans.situation import Situation, standing_situation
from assignments.workflow import OPEN, AssignmentState
from ksp.lib.weeks import IsoWeek
from participants.models import AwardClass, Season
from participants.workflow import SeasonState

# Whoever has more than they can take gives back what nobody was told of first, and what they said yes to last.
_GIVEN_BACK_FIRST = {AssignmentState.PLANNED: 0, AssignmentState.OFFERED: 1, AssignmentState.ACCEPTED: 2}
_Reasons = dict[int, list[str]]


@dataclass(frozen=True, eq=False, kw_only=True)
class Standing:
    """A season's contacts as they stand, with the number of each that must change and the codes of why."""

    situation: Situation
    rows: list[Row]
    plan: Plan
    codes: dict[int, str]
    states: dict[int, str]
    fixed: frozenset[int]
    orphans: dict[int, tuple[str, ...]]

    def assignment_of(self, contact: int) -> int:
        """Return the key of the contact's assignment."""
        key = self.rows[contact].assignment_id
        if key is None:
            raise LookupError(contact)
        return key


def standing_of(season: Season, *, today: date) -> Standing:
    """Return how the season stands on this day."""
    rows = standing_rows(season)
    situation = standing_situation(season, rows)
    plan = plan_of(situation, rows)
    labels = {
        key: (code, state)
        for key, code, state in Assignment.objects.filter(season=season).values_list("pk", "code", "state")
    }
    begun = begun_in(season.pk)
    keys = [row.assignment_id or 0 for row in rows]
    states = {contact: labels[key][1] for contact, key in enumerate(keys)}
    fixed = frozenset(contact for contact, key in enumerate(keys) if states[contact] not in OPEN or key in begun)
    finder = _Finder(situation, rows, plan, states, fixed, today)
    return Standing(
        situation=situation,
        rows=rows,
        plan=plan,
        codes={contact: labels[key][0] for contact, key in enumerate(keys)},
        states=states,
        fixed=fixed,
        orphans=finder.find(),
    )


@dataclass(frozen=True, eq=False)
class _Finder:
    situation: Situation
    rows: Sequence[Row]
    plan: Plan
    states: dict[int, str]
    fixed: frozenset[int]
    today: date

    def find(self) -> dict[int, tuple[str, ...]]:
        """Return every contact that must change with the codes of why."""
        reasons: _Reasons = defaultdict(list)
        is_paused = self._paused()
        for contact in range(len(self.rows)):
            if contact not in self.fixed:
                reasons[contact] += self._of_contact(contact, is_paused=is_paused(contact))
        lost = {contact for contact, codes in reasons.items() if codes}
        for code, contact in self._too_many(lost):
            reasons[contact].append(code)
        return {contact: tuple(codes) for contact, codes in sorted(reasons.items()) if codes}

    def _of_contact(self, contact: int, *, is_paused: bool) -> Iterator[str]:
        row, week = self.rows[contact], int(self.plan.frame.week[contact])
        enrolment = self.situation.enrolments[int(self.plan.frame.participant[contact])]
        is_over = self.situation.weeks[week].week < IsoWeek.of(self.today)
        observer = int(self.plan.observer[contact])
        yield from ("unassigned",) if observer == NOBODY else self._of_observer(contact, observer, is_over=is_over)
        if row.method not in {channel.method for channel in enrolment.channels.all()}:
            yield "channel"
        if is_over and not is_paused:
            yield "overdue"
        elif not is_over and not self.situation.weeks[week].weekdays:
            yield "open_day"

    def _of_observer(self, contact: int, observer: int, *, is_over: bool) -> Iterator[str]:
        problem, frame = self.situation.problem, self.plan.frame
        participant = frame.participant[contact]
        yield from (code for code in self.situation.why_not(observer) if code != "good_score")
        broken = {
            "never_met": problem.met[observer, participant],
            "not_customer": problem.customers[observer, participant],
            "offers_method": not problem.offers[observer, METHODS.index(self.rows[contact].method)],
            "available": not is_over and not problem.available[observer, frame.week[contact]],
        }
        yield from (code for code, is_broken in broken.items() if is_broken)

    def _too_many(self, lost: set[int]) -> Iterator[tuple[str, int]]:
        """Give the contacts that are more than their observers can take, beside those that are lost to them anyway."""
        problem, frame, observer = self.situation.problem, self.plan.frame, self.plan.observer
        by_week: dict[tuple[int, int], list[int]] = defaultdict(list)
        by_observer: dict[int, list[int]] = defaultdict(list)
        for contact in range(len(self.rows)):
            if observer[contact] != NOBODY and contact not in lost:
                by_week[int(observer[contact]), int(frame.week[contact])].append(contact)
                by_observer[int(observer[contact])].append(contact)
        given_back: set[int] = set()
        this_week = IsoWeek.of(self.today)
        for (who, week), own in by_week.items():
            if self.situation.weeks[week].week >= this_week:
                too_many = self._last(own, len(own) - int(problem.weekly_capacity[who]))
                given_back |= set(too_many)
                yield from (("weekly_capacity", contact) for contact in too_many)
        for who, own in by_observer.items():
            rest = [contact for contact in own if contact not in given_back]
            yield from (
                ("season_capacity", contact)
                for contact in self._last(rest, len(rest) - int(problem.season_capacity[who]))
            )

    def _last(self, contacts: Iterable[int], count: int) -> list[int]:
        movable = [contact for contact in contacts if contact not in self.fixed]
        movable.sort(key=lambda contact: (_GIVEN_BACK_FIRST[AssignmentState(self.states[contact])], -contact))
        return movable[: max(count, 0)]

    def _paused(self) -> "_IsPaused":
        season = self.situation.season
        classes = AwardClass.objects.filter(season=season, paused_at__isnull=False).values_list("pk", flat=True)
        return _IsPaused(self, is_season_paused=season.state == SeasonState.PAUSED, classes=frozenset(classes))


@dataclass(frozen=True)
class _IsPaused:
    """Tells whether nobody may make a contact now: its week passes, and it is planned anew once the pause is over."""

    finder: _Finder
    is_season_paused: bool
    classes: frozenset[int]

    def __call__(self, contact: int) -> bool:
        participant = int(self.finder.plan.frame.participant[contact])
        return self.is_season_paused or self.finder.situation.enrolments[participant].award_class_id in self.classes


def fell_away(season: Season) -> Counter[tuple[int, int]]:
    """Count, by observer and participant, what was declined, lapsed or withdrawn: nobody is asked the same twice."""
    gone = (AssignmentState.DECLINED, AssignmentState.EXPIRED, AssignmentState.WITHDRAWN)
    rows = Assignment.objects.filter(season=season, state__in=gone, observer__isnull=False)
    return Counter(rows.values_list("observer_id", "participant_id"))
