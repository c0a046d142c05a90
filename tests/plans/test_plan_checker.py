"""The checker of exported plans, held against plans made by hand: it must be able to say no to each rule alone."""

import copy
import csv

import pytest

from tests.plans import plan_checker
from tests.plans.plan_checker import Exported

WEEKS = ("2021-W48", "2021-W49", "2021-W50", "2021-W51")
CLASSES = {"P1": "Bank", "P2": "Bank", "P3": "Kraft"}
METHODS = ("phone", "email", "chat", "phone")
SLOT = {"email": "11", "phone": "13", "chat": "09"}
EVEN = {"weeks": 0, "method_weeks": 0, "hours": 0, "role_plays": 0, "demographics": 0}


def contact(number, whom, turn):
    return {
        "assignment": f"K-{number}",
        "participant": whom,
        "award_class": CLASSES[whom],
        "method": METHODS[turn],
        "week": WEEKS[turn],
        "weekday": str(turn + 1),
        "slot": SLOT[METHODS[turn]],
        "observer": f"O{turn + 1}",
        "role_play": f"{CLASSES[whom]} {turn % 2}",
        "state": "planned",
    }


@pytest.fixture
def plan():
    """Three participants with four contacts each, one a week, and an observer for each of the four."""
    observer = {"birth_year": "", "gender": "", "county": "", "methods": "phone email chat", "weekly_capacity": "3"}
    return Exported(
        assignments=[contact(4 * place + turn, whom, turn) for place, whom in enumerate(CLASSES) for turn in range(4)],
        observers={
            f"O{n}": {**observer, "observer": f"O{n}", "score": "90", "season_capacity": ""} for n in range(1, 6)
        },
        available={(f"O{n}", week) for n in range(1, 6) for week in WEEKS},
        met=set(),
        customers=set(),
        quota={(whom, method): METHODS.count(method) for whom in CLASSES for method in set(METHODS)},
        working_days=dict.fromkeys(WEEKS, 5) | {"2021-W52": 0},
    )


def test_good_plan_breaks_nothing(plan):
    assert plan_checker.broken(plan) == {}


def change(plan, number=0, **values):
    plan.assignments[number].update(values)


def of_observer(plan, who="O1", **values):
    plan.observers[who].update(values)


BREACHES = {
    "a contact is missing": (lambda plan: plan.assignments.pop(), {"split": 1}),
    "a contact too many": (
        lambda plan: plan.quota.update({("P1", "email"): 0, ("P1", "chat"): 2}),
        {"split": 1, "channel": 1},
    ),
    "more were planned": (lambda plan: plan.quota.update({("P1", "messenger"): 2}), {"split": 2}),
    "method is not the participant's": (lambda plan: plan.quota.pop(("P1", "chat")), {"channel": 1}),
    "met before": (lambda plan: plan.met.add(("O1", "P1")), {"never_met": 1}),
    "is a customer": (lambda plan: plan.customers.add(("O2", "P3")), {"not_customer": 1}),
    "meets twice": (lambda plan: change(plan, 0, observer="O2"), {"meets_once": 1}),
    "nobody knows the observer": (lambda plan: plan.observers.pop("O1"), {"active": 3}),
    "observer has no such method": (lambda plan: of_observer(plan, methods="email chat"), {"offers_method": 3}),
    "observer is away": (lambda plan: plan.available.remove(("O1", WEEKS[0])), {"available": 3}),
    "too much in a week": (lambda plan: of_observer(plan, weekly_capacity="2"), {"weekly_capacity": 1}),
    "too much in the season": (lambda plan: of_observer(plan, season_capacity="1"), {"season_capacity": 2}),
    "score too low": (lambda plan: of_observer(plan, score="59.9"), {"good_score": 3}),
    "another class's role-play": (lambda plan: change(plan, 8, role_play="Bank 0"), {"role_play": 1}),
    "no role-play": (lambda plan: change(plan, 0, role_play=""), {"role_play": 1}),
    "week is closed": (lambda plan: plan.working_days.update({WEEKS[0]: 0}), {"open_day": 3}),
    "week is none of the season's": (lambda plan: plan.working_days.pop(WEEKS[0]), {"open_day": 3}),
    "more days than the week has": (
        lambda plan: (plan.working_days.update({WEEKS[0]: 1}), change(plan, 4, weekday="2")),
        {"open_day": 1},
    ),
    "on a Saturday": (lambda plan: change(plan, 0, weekday="6"), {"open_day": 1}),
    "at no hour": (lambda plan: change(plan, 0, slot="15"), {"open_day": 1}),
    "e-mail after noon": (lambda plan: change(plan, 1, slot="13"), {"open_day": 1}),
    "two on a day": (lambda plan: change(plan, 1, week=WEEKS[0], weekday="1"), {"one_a_day": 1}),
}


@pytest.mark.parametrize(("breaking", "expected"), BREACHES.values(), ids=BREACHES)
def test_each_broken_rule_is_found_and_no_other(plan, breaking, expected):
    breaking(plan)

    assert plan_checker.broken(plan) == expected


def test_no_rule_goes_without_a_breach():
    said = {rule for _breaking, expected in BREACHES.values() for rule in expected}

    # Who has left is among the exported observers as little as who is not active.
    assert said | {"has_left"} == {
        "split", "never_met", "not_customer", "meets_once", "active", "has_left", "offers_method", "channel",
        "available", "weekly_capacity", "season_capacity", "good_score", "role_play", "open_day", "one_a_day",
    }  # fmt: skip


def test_contact_that_was_given_up_no_longer_counts(plan):
    gone = {**copy.copy(plan.assignments[0]), "state": "declined"}

    plan.assignments = [row for row in [*plan.assignments, gone] if row["state"] in plan_checker.HELD]

    assert plan_checker.broken(plan) == {}


# Spread, counted by hand. Five observers with room for twelve contacts share twelve: 2.4 each, and four have three.


def test_even_plan_costs_its_loads_and_scores_alone(plan):
    figures = plan_checker.spread(plan)

    assert figures == EVEN | {"unassigned": 0, "load": pytest.approx(4 * 0.6**2 + 2.4**2), "score": 12.0}
    assert plan_checker.cost(figures) == pytest.approx(0.1 * 7.2 + 1.2)


SPREADS = {
    # Two in one week and none in another; and two by phone, of which a week should have none or one.
    "weeks": (lambda plan: change(plan, 3, week=WEEKS[0]), {"weeks": 2, "method_weeks": 1}),
    # Four contacts on fifteen hours: none or one on each.
    "hours": (lambda plan: change(plan, 0, weekday="4", slot="13"), {"hours": 1}),
    "role_plays": (lambda plan: change(plan, 0, role_play="Bank 1"), {"role_plays": 2}),
    "unassigned": (lambda plan: change(plan, 0, observer=""), {"unassigned": 1}),
}


@pytest.mark.parametrize(("changing", "expected"), SPREADS.values(), ids=SPREADS)
def test_each_unevenness_is_counted(plan, changing, expected):
    changing(plan)

    figures = plan_checker.spread(plan)

    assert {name: figures[name] for name in (*EVEN, "unassigned")} == EVEN | {"unassigned": 0} | expected


def test_demographics_are_counted_by_the_room_that_each_level_has(plan):
    # Two women have half of the room, but three of each participant's four contacts.
    for who, gender in {"O1": "woman", "O2": "woman", "O3": "woman", "O4": "man"}.items():
        of_observer(plan, who, gender=gender)
    plan.observers.pop("O5")
    of_observer(plan, "O1", season_capacity="3")
    of_observer(plan, "O2", season_capacity="3")
    of_observer(plan, "O3", season_capacity="6")
    of_observer(plan, "O4", season_capacity="12")

    # Each participant should have two women and two men, and has three and one: two away, three times over.
    assert plan_checker.spread(plan)["demographics"] == 6


def test_age_and_region_are_levels_too(plan):
    old, young = {"birth_year": "1950", "county": "Troms"}, {"birth_year": "2000", "county": "OSLO"}
    for who, person in {"O1": old, "O2": old, "O3": old, "O4": young}.items():
        of_observer(plan, who, season_capacity="3", **person)
    plan.observers.pop("O5")

    # Three of four and one of four are just what the levels have room for.
    assert plan_checker.spread(plan)["demographics"] == 0
    of_observer(plan, "O4", season_capacity="9")

    # Half of the room is the young one's now; age and region are each two away for each of three participants.
    assert plan_checker.spread(plan)["demographics"] == 12


def test_mail_before_noon_is_no_unevenness_where_it_cannot_be_helped(plan):
    # Thirty contacts should fill each hour twice, but only e-mail is left, which knows ten of the fifteen hours.
    hours = [(str(day), slot) for day in range(1, 6) for slot in ("09", "11")] * 3
    plan.assignments = [contact(n, "P1", 1) | {"weekday": day, "slot": slot} for n, (day, slot) in enumerate(hours)]
    plan.quota = {("P1", "email"): 30}

    assert plan_checker.spread(plan)["hours"] == 0
    for moved in (0, 10):
        change(plan, moved, weekday="2")

    # One where two should be, and five: that could be helped.
    assert plan_checker.spread(plan)["hours"] == 2


def test_files_are_read_as_they_were_written(tmp_path, plan):
    rows = {
        "assignments.csv": [*plan.assignments, contact(99, "P1", 0) | {"state": "withdrawn"}],
        "observers.csv": list(plan.observers.values()),
        "availability.csv": [{"observer": who, "week": week} for who, week in sorted(plan.available)],
        "prior_contacts.csv": [{"observer": "O5", "participant": "P1", "project": "KSP 2019", "contacted_on": ""}],
        "customer_relations.csv": [{"observer": "O5", "participant": "P2", "kind": "customer"}],
        "channels.csv": [
            {"participant": whom, "method": method, "planned_contacts": planned}
            for (whom, method), planned in plan.quota.items()
        ],
        "weeks.csv": [{"week": week, "working_days": days} for week, days in plan.working_days.items()],
    }
    for name, content in rows.items():
        with (tmp_path / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(content[0]))
            writer.writeheader()
            writer.writerows(content)
    plan.met.add(("O5", "P1"))
    plan.customers.add(("O5", "P2"))

    assert plan_checker.read(tmp_path) == plan
