"""Draws the lists that a season is imported from: participants, observers, whom they know, whose customers they are."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from django.utils.translation import gettext as _
from faker import Faker

from ksp.lib.weeks import IsoWeek
from ksp.rehearsal.names import Sector, centre_names, class_sizes, invented_stems, sectors, web_name
from ksp.rehearsal.shape import ImpossibleSeason, Shape

Row = dict[str, str]
METHODS = ("phone", "email", "chat", "messenger")
COUNTIES = (
    "Agder", "Akershus", "Buskerud", "Finnmark", "Innlandet", "Møre og Romsdal", "Nordland", "Oslo", "Rogaland",
    "Telemark", "Troms", "Trøndelag", "Vestfold", "Vestland", "Østfold",
)  # fmt: skip
COUNTY_SHARES = (5.7, 13.0, 4.8, 1.4, 6.8, 4.8, 4.4, 12.9, 9.1, 3.2, 3.1, 8.7, 4.6, 11.8, 5.7)
# Shares of the pairs of an observer of the team and a participant; the rest of the pool knows fewer.
MET_BEFORE, CUSTOMERS = 0.09, 0.2
POOL_SHARE = 0.004
LEAST_SCORE, LEAST_METHODS = 70, 3
GENDERS = ("woman", "man", "other")
# How many use each method, and how many have room for 3, 4, 5 contacts a week at most; the rest has room for 6.
USE_SHARES = np.array([0.95, 0.98, 0.9, 0.75])
CAPACITY_SHARES = np.array([0.3, 0.65, 0.85])
EARLIER_PROJECTS = ("KSP 2019", "KSP 2020", "KSP 2021", "Butikkbesøk 2020", "Telefonmåling 2018")
RELATIONS = ("customer", "loyalty_club", "former_customer")


@dataclass(frozen=True)
class Cast:
    """The lists as they would be imported, and who of the pool is asked to take part."""

    participants: list[Row]
    sectors: list[Sector]
    observers: list[Row]
    team: list[str]
    prior_contacts: list[Row]
    customer_relations: list[Row]
    tied: list[tuple[str, str]]


def draw_cast(shape: Shape) -> Cast:
    """Return all lists of a season; the same shape and seed give the same lists."""
    _check(shape)
    chosen = sectors()[: shape.classes]
    participants, owners = draw_participants(shape, chosen)
    observers = draw_observers(shape)
    team = choose_team(shape, observers)
    next(row for row in observers if row["observer"] == team[0]).update(SHOWN_OBSERVER)
    everybody = [row["observer"] for row in observers]
    centres = [row["participant"] for row in participants]
    rng = np.random.default_rng([shape.seed, 3])
    return Cast(
        participants=participants,
        sectors=owners,
        observers=observers,
        team=team,
        prior_contacts=list(_prior_contacts(shape, _pairs(team, everybody, centres, MET_BEFORE, rng), rng)),
        customer_relations=[
            {"observer": observer, "participant": centre, "kind": RELATIONS[int(rng.integers(len(RELATIONS)))]}
            for observer, centre in _pairs(team, everybody, centres, CUSTOMERS, rng)
        ],
        tied=tied_pairs(participants),
    )


def _check(shape: Shape) -> None:
    if not 1 <= shape.classes <= min(len(sectors()), shape.participants):
        most = min(len(sectors()), shape.participants)
        raise ImpossibleSeason(_("Choose 1 to %(most)s classes.") % {"most": most})
    if not shape.contacts <= shape.observers <= shape.pool:
        raise ImpossibleSeason(_("Choose at least as many observers as contacts, and at most the pool."))


def draw_participants(shape: Shape, chosen: Sequence[Sector]) -> tuple[list[Row], list[Sector]]:
    """Return the participants' list, and each one's sector."""
    rng = np.random.default_rng([shape.seed, 1])
    fake = Faker("no_NO", use_weighting=False)
    fake.seed_instance(shape.seed)
    stems = invented_stems(rng)
    rows: list[Row] = []
    owners: list[Sector] = []
    for sector, size in zip(chosen, class_sizes(shape.participants, len(chosen), rng), strict=True):
        tied: dict[str, str] = {}
        for place, name in enumerate(centre_names(sector, size, stems)):
            channels = _channels(name, len(rows), rng)
            every = _every_channel(name, len(rows))
            if not rows:
                channels = {kind: every[kind] for kind in SHOWN_CHANNELS}
            elif place in TIED_PLACES:
                tied = tied or channels
                channels = {kind: every[kind] for kind in tied}
            rows.append(_participant(name, len(rows), sector, channels, contact=fake.name(), rng=rng))
            owners.append(sector)
    return rows, owners


# How many centres can be reached by each method, how many of those with e-mail by a form alone, and the fewest methods.
CHANNEL_SHARES = {"phone": 0.97, "email": 0.93, "chat": 0.58, "messenger": 0.3}
FORM_SHARE, FEWEST_CHANNELS = 0.35, 2
# How observers are available: come late, leave early, name their weeks (each share on top of the one before).
COMES_LATE, LEAVES_EARLY, NAMES_WEEKS = 0.08, 0.15, 0.4
LIMITED_SHARE, WEEKS_AT_MOST = 0.5, 14
# The first participant, and the first of the team, are those that the demo shows.
SHOWN_CONTACT = "Jon Aasvær"
SHOWN_OBSERVER = {
    "first_name": "Ingrid",
    "last_name": "Solbakk",
    "gender": "woman",
    "methods": " ".join(METHODS),
    "weekly_capacity": "5",
    "season_capacity": "",
    "available_from": "",
    "available_to": "",
    "weeks": "",
    "score": "86.0",
}
SHOWN_CHANNELS = ("phone", "email", "chat")
# In every large enough class two participants have the same channels, so that they can be tied.
TIED_PLACES = (2, 3)
TIED_CLASS_SIZE = 4


def tied_pairs(participants: Sequence[Row]) -> list[tuple[str, str]]:
    """Return two pairs of participants, each of one class, that will be tied."""
    classes: dict[str, list[str]] = {}
    for row in participants:
        classes.setdefault(row["award_class"], []).append(row["participant"])
    large = [members for members in classes.values() if len(members) >= TIED_CLASS_SIZE]
    return [(members[TIED_PLACES[0]], members[TIED_PLACES[1]]) for members in large[:2]]


def _every_channel(name: str, number: int) -> Row:
    """Return addresses of every kind: the numbers lie in a series that is not in use, the names in none that exists."""
    site = f"{web_name(name)}.example"
    return {
        "phone": f"20 {12 + number // 10000:02d} {number // 100 % 100:02d} {number % 100:02d}",
        "email": f"kundeservice@{site}",
        "contact_form": f"https://www.{site}/kontakt",
        "chat": f"https://www.{site}/chat",
        "messenger": f"https://messenger.example/{web_name(name)}",
    }


def _channels(name: str, number: int, rng: np.random.Generator) -> Row:
    """Return the channels that a centre has: two methods at least."""
    every = _every_channel(name, number)
    written = "contact_form" if rng.random() < FORM_SHARE else "email"
    kinds = [kind for kind, share in CHANNEL_SHARES.items() if rng.random() < share]
    kinds = [written if kind == "email" else kind for kind in kinds]
    kinds += [kind for kind in ("phone", written) if kind not in kinds][: max(FEWEST_CHANNELS - len(kinds), 0)]
    return {kind: address for kind, address in every.items() if kind in kinds}


def _participant(
    name: str, number: int, sector: Sector, channels: Row, *, contact: str, rng: np.random.Generator
) -> Row:
    package = ("none", "simple", "competitor")[int(rng.choice(3, p=(0.25, 0.45, 0.3)))]
    site = web_name(name)
    return {
        "participant": f"{1001 + number}",
        "name": name,
        "award_class": sector.name,
        "public_body": "true" if sector.public else "false",
        "website": f"https://www.{site}.example",
        **{kind: channels.get(kind, "") for kind in ("phone", "email", "contact_form", "chat", "messenger")},
        "contact_name": contact if number else SHOWN_CONTACT,
        "contact_email": f"kontakt@{site}.example",
        # The one that the demo's participant speaks for sees everything there is to see.
        "package": "competitor" if not number else package,
    }


def draw_leaver(sector: Sector, number: int, stem: str, rng: np.random.Generator) -> Row:
    """Return a centre that takes part no more; its id comes before those of this season."""
    name = f"{stem} {sector.tails[number % len(sector.tails)]}"
    return _participant(name, -1 - number, sector, _channels(name, -1 - number, rng), contact="", rng=rng)


def draw_observers(shape: Shape) -> list[Row]:
    """Return the pool of observers."""
    rng = np.random.default_rng([shape.seed, 2])
    fake = Faker("no_NO", use_weighting=False)
    fake.seed_instance(shape.seed + 1)
    counties = rng.choice(len(COUNTIES), size=shape.pool, p=np.array(COUNTY_SHARES) / sum(COUNTY_SHARES))
    ages = np.clip(rng.gamma(5.5, 8.2, shape.pool), 18, 79).astype(int)
    genders = rng.choice(3, size=shape.pool, p=(0.62, 0.37, 0.01))
    scores = np.clip(rng.normal(79, 9, shape.pool), 35, 100).round(1)
    weeks = shape.weeks()
    return [
        _observer(number, weeks, fake, rng, gender=GENDERS[int(genders[number])])
        | {
            "birth_year": str(shape.starts_on.year - int(ages[number])),
            "county": COUNTIES[int(counties[number])],
            # One in eight is new and has no score yet.
            "score": "" if number % 8 == 5 else f"{scores[number]}",  # noqa: PLR2004 -- any eighth
        }
        for number in range(shape.pool)
    ]


def _observer(number: int, weeks: Sequence[IsoWeek], fake: Faker, rng: np.random.Generator, *, gender: str) -> Row:
    first = {"woman": fake.first_name_female, "man": fake.first_name_male}.get(gender, fake.first_name)()
    last = fake.last_name()
    uses = rng.random(len(METHODS)) < USE_SHARES
    methods = [method for method, is_used in zip(METHODS, uses.tolist(), strict=True) if is_used]
    capacity = 3 + int(np.searchsorted(CAPACITY_SHARES, rng.random()))
    return {
        "observer": f"O{number + 1:05d}",
        "first_name": first,
        "last_name": last,
        "email": f"{web_name(first)}.{web_name(last)}.{number + 1}@epost.example",
        "gender": gender,
        "methods": " ".join(methods or ["phone"]),
        "weekly_capacity": str(capacity),
        "season_capacity": str(capacity * WEEKS_AT_MOST) if rng.random() < LIMITED_SHARE else "",
        **_availability(weeks, rng),
    }


def _availability(weeks: Sequence[IsoWeek], rng: np.random.Generator) -> Row:
    """Most are there all the time; some come late or leave early, some name their weeks."""
    kind = rng.random()
    available_from = available_to = ""
    named: list[IsoWeek] = []
    if kind < COMES_LATE:
        available_from = weeks[int(rng.integers(1, 4))].monday().isoformat()
    elif kind < LEAVES_EARLY:
        available_to = weeks[int(rng.integers(len(weeks) - 4, len(weeks)))].sunday().isoformat()
    elif kind < NAMES_WEEKS:
        away = set(rng.choice(len(weeks), size=2, replace=False).tolist())
        named = [week for place, week in enumerate(weeks) if place not in away]
    return {"available_from": available_from, "available_to": available_to, "weeks": " ".join(map(str, named))}


def choose_team(shape: Shape, observers: Sequence[Row]) -> list[str]:
    """Return who is asked to take part: any of those with a good score."""
    able = [row for row in observers if _is_able(row)]
    rng = np.random.default_rng([shape.seed, 5])
    chosen = [able[place]["observer"] for place in rng.permutation(len(able))[: shape.observers].tolist()]
    rest = [row["observer"] for row in observers if row["observer"] not in set(chosen)]
    return sorted(chosen + rest[: shape.observers - len(chosen)])


def _is_able(row: Row) -> bool:
    """A good score or none yet, and of use for most contacts."""
    return float(row["score"] or LEAST_SCORE) >= LEAST_SCORE and len(row["methods"].split()) >= LEAST_METHODS


def _pairs(
    team: Sequence[str], everybody: Sequence[str], centres: Sequence[str], share: float, rng: np.random.Generator
) -> list[tuple[str, str]]:
    """Return pairs of observer and participant: many of the team's, few of the rest of the pool's."""
    members = set(team)
    others = [observer for observer in everybody if observer not in members]
    known = rng.random((len(team), len(centres))) < share * _popularity(len(centres), rng)
    pairs = [(team[row], centres[column]) for row, column in zip(*np.nonzero(known), strict=True)]
    chosen = rng.random(len(others)) < POOL_SHARE * len(centres)
    return pairs + [(others[place], centres[int(rng.integers(len(centres)))]) for place in np.flatnonzero(chosen)]


def _popularity(centres: int, rng: np.random.Generator) -> np.ndarray:
    """Some centres have many customers, most have few; the mean is 1."""
    drawn: np.ndarray = rng.gamma(4.0, 0.25, centres).clip(0.2, 2.2)
    return drawn


def _prior_contacts(shape: Shape, pairs: Sequence[tuple[str, str]], rng: np.random.Generator) -> Iterator[Row]:
    first: date = shape.starts_on - timedelta(days=1500)
    for observer, centre in pairs:
        yield {
            "observer": observer,
            "participant": centre,
            "project": EARLIER_PROJECTS[int(rng.integers(len(EARLIER_PROJECTS)))],
            "contacted_on": (first + timedelta(days=int(rng.integers(1300)))).isoformat(),
        }
