"""What a manager wishes of one contact, and which rules say no."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from assignments.planning import NOBODY, SLOTS, WEEKDAYS, Plan
from assignments.plans.drafts import Draft
from assignments.plans.models import ProposedContact
from assignments.plans.workflow import ProposalKind
from ksp.lib.weeks import IsoWeek


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Where and with whom a contact is to be."""

    observer_id: int | None
    week: str
    weekday: int | None
    slot: str

    @classmethod
    def of(cls, draft: Draft, contact: ProposedContact, move: Mapping[str, Any]) -> Self:
        """Return the contact as it is with what is to change; in another week it goes to a day that is free there."""
        week = move.get("week", contact.week)
        weekday = move.get("weekday", contact.weekday)
        if week != contact.week and "weekday" not in move:
            weekday = free_weekday(draft, contact, week)
        return cls(
            observer_id=move.get("observer_id", contact.observer_id),
            week=week,
            weekday=weekday,
            slot=move.get("slot", contact.slot),
        )

    def applied(self, draft: Draft, place: int) -> Plan:
        """Return the plan with the contact as it is wished."""
        plan = draft.plan.copy()
        observers = draft.situation.observer_place
        plan.observer[place] = NOBODY if self.observer_id is None else observers[self.observer_id]
        plan.frame.week[place] = draft.situation.week_place[self.week]
        if self.weekday is not None:
            plan.frame.weekday[place] = self.weekday - 1
        if self.slot in SLOTS:
            plan.frame.slot[place] = SLOTS.index(self.slot)
        return plan


def free_weekday(draft: Draft, contact: ProposedContact, week: str) -> int | None:
    """Return the contact's own weekday if it is open and free in the week, else the first that is, else its own."""
    number, place = draft.situation.week_place.get(week), draft.places[contact.pk]
    if number is None:
        return contact.weekday
    frame = draft.plan.frame
    same = (frame.participant == frame.participant[place]) & (frame.week == number) & (draft.plan.observer != NOBODY)
    same[place] = False
    taken = set(frame.weekday[same].tolist())
    is_open = draft.situation.problem.open_days[number]
    free = [day for day in range(len(WEEKDAYS)) if is_open[day] and day not in taken]
    own = (contact.weekday or 0) - 1
    return contact.weekday if own in free or not free else free[0] + 1


def judge(draft: Draft, contact: ProposedContact, wish: Wish) -> tuple[str, ...]:
    """Return the codes of all rules that say no to the wish."""
    if contact.is_locked:
        return ("locked",)
    week = draft.situation.week_place.get(wish.week)
    observer = NOBODY if wish.observer_id is None else draft.situation.observer_place.get(wish.observer_id)
    if week is None or wish.slot not in SLOTS or wish.weekday not in {None, *WEEKDAYS}:
        return ("open_day",)
    if observer is None:
        return ("has_left",)
    weekday = int(draft.plan.frame.weekday[draft.places[contact.pk]]) if wish.weekday is None else wish.weekday - 1
    codes = draft.refusals(draft.places[contact.pk], observer=observer, week=week, weekday=weekday)
    return (*codes, "week_is_over") if is_over(draft, contact, wish.week) else codes


def is_over(draft: Draft, contact: ProposedContact, week: str) -> bool:
    """Tell whether a repair would move the contact into a week that is over."""
    if draft.proposal.kind != ProposalKind.REPAIR or week == contact.week:
        return False
    today = draft.proposal.figures.get("today")
    return bool(today) and IsoWeek.parse(week) < IsoWeek.of(date.fromisoformat(today))
