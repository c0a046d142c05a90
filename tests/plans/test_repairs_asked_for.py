"""Repairs that somebody asks for: when they can be, as of when, and what finding them takes."""

from datetime import date, datetime

import pytest

from assignments.models import Assignment
from ksp.lib.calendar import OSLO
from observers.models import Observer
from tests.plans.seasons import NOW, manager_of, on_the_team, planned, proposed, small_season
from tests.plans.test_repairs import make_inactive, needed

pytestmark = pytest.mark.django_db


@pytest.fixture
def season():
    season = small_season()
    manager = manager_of(season)
    on_the_team(season, Observer.objects.filter(organiser=season.organiser), manager)
    planned(season, manager)
    return season


@pytest.fixture
def manager(season):
    return season.proposals.first().requested_by


def test_season_of_long_ago_is_repaired_as_of_its_last_finished_week(season, manager):
    now = datetime(2026, 1, 1, tzinfo=OSLO)
    assert needed(season, now=now) == {}
    done = season.assignments.filter(week="2021-W50").first()
    Assignment.objects.filter(pk=done.pk).update(state="done")

    found = needed(season, now=now)

    over = season.assignments.filter(week__lte="2021-W50", state="planned")
    assert found == {row.pk: ("overdue",) for row in over}


def test_needed_repairs_take_as_many_queries_for_many_contacts_as_for_few(season, count_queries):
    make_inactive(season.assignments.first())
    with count_queries() as few:
        assert 1 <= len(needed(season)) <= 3
    Observer.objects.update(is_active=False)
    with count_queries() as many:
        assert len(needed(season)) == 15

    assert len(few) == len(many) == 14


def test_proposed_repair_can_be_asked_for_by_hand(season, manager):
    proposal = proposed(season, manager, kind="repair", occasion="For sikkerhets skyld", now=NOW)

    assert (proposal.state, proposal.occasion) == ("ready", "For sikkerhets skyld")
    assert date(2021, 12, 1).isoformat() == proposal.figures["today"]
