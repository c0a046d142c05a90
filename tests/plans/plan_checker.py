"""Reads an exported plan and finds every rule it breaks, and how even it is: nothing of the project is asked."""

import csv
import math
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

SLOTS = {"09", "11", "13"}
MORNING, EARLY_SLOTS = {"email"}, {"09", "11"}
HELD = {"planned", "offered", "accepted", "done"}
AGES = (30, 45, 60)
REGIONS = {
    "oslo akershus buskerud østfold vestfold telemark viken": "east",
    "innlandet hedmark oppland": "inland",
    "agder aust-agder vest-agder rogaland": "south",
    "vestland hordaland": "west",
    "trøndelag sør-trøndelag nord-trøndelag nordland troms finnmark svalbard": "north",
}
REGION = {county: region for counties, region in REGIONS.items() for county in counties.split()} | {
    "vestfold og telemark": "east",
    "sogn og fjordane": "west",
    "møre og romsdal": "west",
    "troms og finnmark": "north",
}
WEIGHTS = {
    "unassigned": 1000.0,
    "weeks": 1.0,
    "method_weeks": 1.0,
    "hours": 1.0,
    "role_plays": 1.0,
    "demographics": 1.0,
    "load": 0.1,
    "score": 0.1,
}


@dataclass
class Exported:
    """The files of one plan, row by row as they stand."""

    assignments: list[dict]
    observers: dict[str, dict]
    available: set[tuple[str, str]]
    met: set[tuple[str, str]]
    customers: set[tuple[str, str]]
    quota: dict[tuple[str, str], int]
    working_days: dict[str, int]

    @property
    def open_weeks(self):
        return [week for week, days in self.working_days.items() if days]


def read(folder):
    """Return the plan that was exported to the folder; rows that no longer hold a contact are left out."""

    def rows(name):
        with (Path(folder) / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def pairs(name, *columns):
        return {tuple(row[column] for column in columns) for row in rows(name)}

    return Exported(
        assignments=[row for row in rows("assignments.csv") if row["state"] in HELD],
        observers={row["observer"]: row for row in rows("observers.csv")},
        available=pairs("availability.csv", "observer", "week"),
        met=pairs("prior_contacts.csv", "observer", "participant"),
        customers=pairs("customer_relations.csv", "observer", "participant"),
        quota={(row["participant"], row["method"]): int(row["planned_contacts"]) for row in rows("channels.csv")},
        working_days={row["week"]: int(row["working_days"]) for row in rows("weeks.csv")},
    )


# Hard rules


def broken(plan, *, least_score=60, new_score=70):
    """Return how often each hard rule is broken, by its code; an even plan of a good season gives nothing."""
    found = Counter()
    found.update(_of_observers(plan, least_score=least_score, new_score=new_score))
    found.update(_of_loads(plan))
    found.update(_of_participants(plan))
    found.update(_of_role_plays(plan))
    found.update(_of_days(plan))
    return +found


def _of_observers(plan, *, least_score, new_score):
    for row in _given(plan):
        who, whom = row["observer"], row["participant"]
        observer = plan.observers.get(who)
        if observer is None:
            yield "active"
            continue
        broken_here = {
            "never_met": (who, whom) in plan.met,
            "not_customer": (who, whom) in plan.customers,
            "offers_method": row["method"] not in observer["methods"].split(),
            "available": (who, row["week"]) not in plan.available,
            "good_score": _score(observer, new_score) < least_score,
        }
        yield from (rule for rule, is_broken in broken_here.items() if is_broken)


def _of_loads(plan):
    known = [row for row in _given(plan) if row["observer"] in plan.observers]
    pairs = Counter((row["observer"], row["participant"]) for row in known)
    yield from _more("meets_once", pairs, lambda _pair: 1)
    weeks = Counter((row["observer"], row["week"]) for row in known)
    yield from _more("weekly_capacity", weeks, lambda key: int(plan.observers[key[0]]["weekly_capacity"]))
    seasons = Counter(row["observer"] for row in known)
    yield from _more("season_capacity", seasons, lambda key: _season_capacity(plan.observers[key]))


def _of_participants(plan):
    counts = Counter((row["participant"], row["method"]) for row in plan.assignments)
    for key in counts.keys() | plan.quota.keys():
        planned = plan.quota.get(key, 0)
        if counts[key] and not planned:
            yield from ["channel"] * counts[key]
        elif counts[key] != planned:
            yield from ["split"] * abs(counts[key] - planned)


def _of_role_plays(plan):
    """A role-play belongs to one class: to the one that uses it most, where several do."""
    used = defaultdict(Counter)
    for row in plan.assignments:
        used[row["role_play"]][row["award_class"]] += 1
    owner = {play: classes.most_common(1)[0][0] for play, classes in used.items() if play}
    for row in plan.assignments:
        if owner.get(row["role_play"], "") != (row["award_class"] if row["award_class"] in owner.values() else ""):
            yield "role_play"


def _of_days(plan):
    """No more weekdays of a week are used than it has working days; e-mail goes before noon; one contact a day."""
    used = defaultdict(Counter)
    for row in plan.assignments:
        used[row["week"]][row["weekday"]] += 1
        slots = EARLY_SLOTS if row["method"] in MORNING else SLOTS
        if row["weekday"] not in set("12345") or row["slot"] not in slots:
            yield "open_day"
    for week, days in used.items():
        closed = len(days) - plan.working_days.get(week, 0)
        if closed > 0:
            yield from ["open_day"] * sum(sorted(days.values())[:closed])
    days = Counter((row["participant"], row["week"], row["weekday"]) for row in _given(plan))
    yield from _more("one_a_day", days, lambda _key: 1)


def _more(rule, counts, most):
    for key, count in counts.items():
        yield from [rule] * max(count - most(key), 0)


# Spread


def spread(plan, *, least_score=60, new_score=70):
    """Return the figures of an even plan: what the command gives as its costs."""
    given = _given(plan)
    targets = _targets(plan, least_score=least_score, new_score=new_score)
    loads = Counter(row["observer"] for row in given)
    return {
        "unassigned": len(plan.assignments) - len(given),
        "weeks": _weeks(plan),
        "method_weeks": _method_weeks(plan),
        "hours": _hours(plan),
        "role_plays": _role_plays(plan),
        "demographics": _demographics(plan, targets),
        "load": sum((loads[who] - target) ** 2 for who, target in targets.items()),
        "score": sum((100 - _score(plan.observers[row["observer"]], new_score)) / 10 for row in given),
    }


def cost(figures, weights=WEIGHTS):
    """Return J."""
    return sum(weights[name] * figure for name, figure in figures.items())


def _excess(counts, cells, ideal):
    """Return how far the counts of the cells are from the whole numbers beside their ideal, added up."""
    low, high = math.floor(ideal + 1e-9), math.ceil(ideal - 1e-9)
    return sum(max(low - counts[cell], 0, counts[cell] - high) for cell in cells)


def _weeks(plan):
    weeks = plan.open_weeks
    return sum(
        _excess(Counter(row["week"] for row in rows), weeks, _planned(plan, whom) / len(weeks))
        for whom, rows in _by_participant(plan).items()
    )


def _method_weeks(plan):
    weeks, by_participant = plan.open_weeks, _by_participant(plan)
    total = 0
    for (whom, method), planned in plan.quota.items():
        counts = Counter(row["week"] for row in by_participant[whom] if row["method"] == method)
        total += _excess(counts, weeks, planned / len(weeks))
    return total


def _hours(plan):
    """Weekday × slot: what e-mail before noon makes unavoidable is not counted."""
    early = [(day, slot) for day in "12345" for slot in sorted(EARLY_SLOTS)]
    late = [(day, slot) for day in "12345" for slot in sorted(SLOTS - EARLY_SLOTS)]
    total = 0
    for whom, rows in _by_participant(plan).items():
        planned = _planned(plan, whom)
        mornings = sum(plan.quota.get((whom, method), 0) for method in MORNING)
        ideal = planned / (len(early) + len(late))
        unfilled = max(len(late) * math.floor(ideal + 1e-9) - (planned - mornings), 0)
        overfull = max(mornings - len(early) * math.ceil(ideal - 1e-9), 0)
        counts = Counter((row["weekday"], row["slot"]) for row in rows)
        total += max(_excess(counts, early + late, ideal) - unfilled - overfull, 0)
    return total


def _role_plays(plan):
    of_class = defaultdict(set)
    for row in plan.assignments:
        if row["role_play"]:
            of_class[row["award_class"]].add(row["role_play"])
    total = 0
    for whom, rows in _by_participant(plan).items():
        plays = of_class[rows[0]["award_class"]]
        if plays:
            total += _excess(Counter(row["role_play"] for row in rows), plays, _planned(plan, whom) / len(plays))
    return total


def _demographics(plan, targets):
    year = int(min(plan.working_days)[:4])
    levels = {who: _levels(observer, year) for who, observer in plan.observers.items()}
    whole, weight = sum(targets.values()) or 1, Counter()
    for who, target in targets.items():
        for level in levels[who]:
            weight[level] += target / whole
    total = 0
    for whom, rows in _by_participant(plan).items():
        counts = Counter(level for row in rows if row["observer"] for level in levels[row["observer"]])
        total += sum(_excess(counts, [level], _planned(plan, whom) * share) for level, share in weight.items())
    return total


def _levels(observer, year):
    """Return the observer's known level of each trait."""
    found = []
    if observer["gender"] in {"woman", "man"}:
        found.append(observer["gender"])
    if observer["birth_year"]:
        age = year - int(observer["birth_year"])
        found.append(f"age {sum(age >= first for first in AGES)}")
    region = REGION.get(observer["county"].strip().casefold())
    return [*found, region] if region else found


def _targets(plan, *, least_score, new_score):
    """Return how many contacts each observer should have: in proportion to what it has room for."""
    weeks = Counter(who for who, week in plan.available if plan.working_days.get(week, 0))
    room = {}
    for who, observer in plan.observers.items():
        can_work = _score(observer, new_score) >= least_score
        room[who] = min(weeks[who] * int(observer["weekly_capacity"]), _season_capacity(observer)) * can_work
    whole = sum(room.values())
    return {who: len(_given(plan)) * own / whole if whole else 0.0 for who, own in room.items()}


def _given(plan):
    return [row for row in plan.assignments if row["observer"]]


def _by_participant(plan):
    found = defaultdict(list)
    for row in plan.assignments:
        found[row["participant"]].append(row)
    return found


def _planned(plan, whom):
    return sum(planned for (participant, _method), planned in plan.quota.items() if participant == whom)


def _score(observer, new_score):
    return float(observer["score"]) if observer["score"] else float(new_score)


def _season_capacity(observer):
    return int(observer["season_capacity"]) if observer["season_capacity"] else math.inf
