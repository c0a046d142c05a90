import re
from collections import Counter
from dataclasses import replace

import pytest

from ksp.rehearsal.lists import SHOWN_CONTACT, draw_cast
from ksp.rehearsal.shape import ImpossibleSeason, Shape

PARTICIPANT = {
    *("participant", "name", "award_class", "public_body", "website", "phone", "email", "contact_form", "chat"),
    *("messenger", "contact_name", "contact_email", "package"),
}
OBSERVER = {
    *("observer", "first_name", "last_name", "email", "birth_year", "gender", "county", "methods", "weekly_capacity"),
    *("season_capacity", "available_from", "available_to", "weeks", "score"),
}
SHAPE = Shape(season="T22", participants=40, classes=6, observers=40, pool=300, contacts=20, seed=2)


@pytest.fixture(scope="module")
def cast():
    return draw_cast(SHAPE)


def test_same_seed_gives_the_same_lists_and_another_seed_others(cast):
    again, other = draw_cast(SHAPE), draw_cast(replace(SHAPE, seed=3))

    assert again == cast
    assert other.participants != cast.participants
    assert other.team != cast.team


def test_lists_have_the_promised_columns(cast):
    assert set(cast.participants[0]) == PARTICIPANT
    assert set(cast.observers[0]) == OBSERVER
    assert set(cast.prior_contacts[0]) == {"observer", "participant", "project", "contacted_on"}
    assert set(cast.customer_relations[0]) == {"observer", "participant", "kind"}


def test_nothing_can_reach_anybody(cast):
    text = str([*cast.participants, *cast.observers])

    assert set(re.findall(r"[\w.-]+@([\w.-]+)", text)) <= {
        *(f"{row['website'].removeprefix('https://www.')}" for row in cast.participants),
        "epost.example",
    }
    assert all(host.endswith(".example") for host in re.findall(r"https://([\w.-]+)", text))
    # No Norwegian number begins with 20.
    assert all(re.fullmatch(r"20 \d\d \d\d \d\d|", row["phone"]) for row in cast.participants)


def test_every_participant_has_two_methods_at_least(cast):
    kinds = ("phone", "email", "contact_form", "chat", "messenger")

    assert min(sum(bool(row[kind]) for kind in kinds) for row in cast.participants) == 2


def test_demo_shows_a_participant_that_bought_everything(cast):
    first = cast.participants[0]

    assert (first["name"], first["package"], first["contact_name"]) == ("Trollbekk Strøm", "competitor", SHOWN_CONTACT)
    assert all(first[kind] for kind in ("phone", "email", "chat"))


def test_team_can_make_most_contacts(cast):
    rows = {row["observer"]: row for row in cast.observers}

    assert len(set(cast.team)) == 40
    assert all(len(rows[code]["methods"].split()) >= 3 for code in cast.team)
    assert all(float(rows[code]["score"] or 70) >= 70 for code in cast.team)
    assert [rows[cast.team[0]][name] for name in ("first_name", "last_name")] == ["Ingrid", "Solbakk"]


def test_nobody_is_listed_twice(cast):
    for rows in (cast.prior_contacts, cast.customer_relations):
        assert max(Counter((row["observer"], row["participant"]) for row in rows).values()) == 1
    assert len({row["email"] for row in cast.observers}) == len(cast.observers)


def test_tied_participants_are_of_one_class_and_have_the_same_methods(cast):
    rows = {row["participant"]: row for row in cast.participants}

    assert len(cast.tied) == 2
    for first, second in cast.tied:
        assert rows[first]["award_class"] == rows[second]["award_class"]
        for kind in ("phone", "email", "contact_form", "chat", "messenger"):
            assert bool(rows[first][kind]) == bool(rows[second][kind])


@pytest.mark.parametrize(
    "fields",
    [{"classes": 41}, {"classes": 27}, {"observers": 19}, {"pool": 39}],
    ids=["more classes than participants", "more classes than sectors", "too few observers", "too small a pool"],
)
def test_impossible_shape_is_refused(fields):
    with pytest.raises(ImpossibleSeason):
        draw_cast(replace(SHAPE, **fields))
